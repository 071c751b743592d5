# Sluice: everything is built from here. `make help` explains the targets.
# A folder's sources are found by name: a new .c file in deflate/, inflate/, net/, app/ or tests/ needs no line here.

CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
B       ?= build

VERSION  = $(shell sed -n 's/^\#define SLUICE_VERSION "\(.*\)"/\1/p' sluice.h)
SONAME   = libsluice.so.0

WARN     = -Wall -Wextra -Wshadow -Wconversion
CPPFLAGS += -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 $(if $(SLUICE_PORTABLE),-DSLUICE_PORTABLE)
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS) -fPIC -fvisibility=hidden -pthread -MMD -MP
LDFLAGS += -pthread

LIB_SRC    = $(wildcard deflate/format/*.c deflate/*.c inflate/*.c)
# what Linux does in its own way and POSIX in another is a file each; SLUICE_POLL=1 builds with POSIX alone
NET_LINUX  = net/loop_epoll.c net/root_openat2.c net/file_send_linux.c net/user_linux.c
NET_POSIX  = net/loop_poll.c net/root_posix.c net/file_send_posix.c net/user_posix.c
ON_LINUX   = $(if $(SLUICE_POLL),,$(filter Linux,$(shell uname -s)))
# the run-time parts of sanitizers and of coverage write files and stop threads, which a confined server may not
WITH_WALLS = $(if $(findstring -fsanitize,$(CC) $(CFLAGS))$(findstring -coverage,$(CC) $(CFLAGS)),,$(ON_LINUX))
NET_LEFT   = $(if $(ON_LINUX),$(NET_POSIX),$(NET_LINUX)) net/sandbox_$(if $(WITH_WALLS),posix,linux).c
NET_SRC    = $(filter-out $(NET_LEFT),$(wildcard net/*.c))
COMMON_SRC = $(wildcard app/*.c)
TEST_SRC   = $(wildcard tests/deflate/*.c tests/deflate/format/*.c tests/inflate/*.c tests/net/*.c tests/app/*.c)
TEST_SH    = $(wildcard tests/app/*_test.sh)

obj        = $(patsubst %.c,$(B)/obj/%.o,$(1))
LIB_OBJ    = $(call obj,$(LIB_SRC))
NET_OBJ    = $(call obj,$(NET_SRC) $(COMMON_SRC))
SUPPORT_OBJ = $(call obj,$(wildcard tests/support/*.c))
TESTS      = $(patsubst tests/%.c,$(B)/tests/%,$(TEST_SRC))
PROGRAMS   = $(B)/sluice-server $(B)/sluice-client $(B)/sluice

all: $(B)/libsluice.a $(B)/libsluice.so $(PROGRAMS) ## build the library and the programs into build/

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(B)/libsluice.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/$(SONAME): $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -o $@ $^

$(B)/libsluice.so: $(B)/$(SONAME)
	ln -sf $(SONAME) $@

# net/ and what the programs share, for the programs and the tests alone
$(B)/libnet.a: $(NET_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/sluice-server: $(call obj,$(wildcard app/server/*.c)) $(B)/libnet.a $(B)/libsluice.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
$(B)/sluice-client: $(call obj,$(wildcard app/client/*.c)) $(B)/libnet.a $(B)/libsluice.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
$(B)/sluice: $(call obj,$(wildcard app/tool/*.c)) $(B)/libnet.a $(B)/libsluice.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(B)/tests/%: $(B)/obj/tests/%.o $(SUPPORT_OBJ) $(B)/libnet.a $(B)/libsluice.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

demo: all ## start the server on loopback, fetch real files, show that they match
	@B=$(B) sh tests/app/demo.sh

test: all $(TESTS) ## unit tests, vectors, programs over loopback; cc and make only
	@B=$(B) CC="$(CC)" sh tests/run.sh $(TESTS) $(TEST_SH)

vectors: $(B)/tests/vectors/assemble ## assemble the hand-made streams anew after a change in vectors/src/
	$< vectors/src/*.txt

interop: all ## against real peers: Python, gzip, pigz, libdeflate …; what is absent is skipped loudly
	@B=$(B) CC="$(CC)" sh tests/interop/run.sh

bench: $(B)/bench $(B)/libsluice.so ## speed and ratio against peers loaded at run time; CORPUS=DIR, BENCH_FLAGS='decompress --runs 9'
	@$(B)/bench --svg $(B)/pareto.svg $(BENCH_FLAGS) $(CORPUS)

# everything that races is loaded at run time, the library beside the program too
$(B)/bench: $(call obj,$(wildcard tests/bench/*.c)) | $(B)/libsluice.so
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ldl -lm

TO  = $(DESTDIR)$(PREFIX)
MAN = $(notdir $(wildcard app/man/*.1))

install: all ## copy programs, library, header and manual pages below PREFIX
	mkdir -p $(TO)/bin $(TO)/lib $(TO)/include $(TO)/share/man/man1
	cp $(PROGRAMS) $(TO)/bin
	cp $(B)/libsluice.a $(B)/$(SONAME) $(TO)/lib
	ln -sf $(SONAME) $(TO)/lib/libsluice.so
	cp sluice.h $(TO)/include
	cp $(addprefix app/man/,$(MAN)) $(TO)/share/man/man1

uninstall: ## remove what install has put there
	rm -f $(addprefix $(TO)/bin/,$(notdir $(PROGRAMS))) $(TO)/include/sluice.h
	rm -f $(addprefix $(TO)/lib/,libsluice.a libsluice.so $(SONAME)) $(addprefix $(TO)/share/man/man1/,$(MAN))

clean: ## remove build/
	rm -rf $(B)

help: ## this text
	@sed -n 's/^\([a-z]*\):[^#]*## /  \1\t/p' Makefile
	@echo '  CC, CFLAGS, PREFIX, DESTDIR are honoured; SLUICE_PORTABLE=1 leaves out SIMD;'
	@echo '  SLUICE_POLL=1 builds the server with POSIX calls alone, as on systems that are not Linux; B=DIR builds elsewhere'

.PHONY: all demo test vectors interop bench install uninstall clean help
.SECONDARY:

-include $(patsubst %.o,%.d,$(LIB_OBJ) $(NET_OBJ) $(SUPPORT_OBJ)) $(wildcard $(B)/obj/app/*/*.d $(B)/obj/tests/*/*.d)
