# Sluice: everything is built from here. `make help` explains the targets.
# A folder's sources are found by name: a new .c file in deflate/, inflate/, net/, app/ or tests/ needs no line here.

CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
B       ?= build

VERSION  = $(shell sed -n 's/^\#define SLUICE_VERSION "\(.*\)"/\1/p' sluice.h)
SONAME   = libsluice.so.0
SOFILE   = libsluice.so.$(VERSION)

WARN     = -Wall -Wextra -Wshadow -Wconversion
CPPFLAGS += -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 $(if $(SLUICE_PORTABLE),-DSLUICE_PORTABLE)
# the folder's own path stays out of what is built, so that the same sources give the same files anywhere
# (-Wno-psabi: how vectors are passed where there are no registers for them matters to no one outside a file)
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS) $(HARDEN) -Wno-psabi -fPIC -fvisibility=hidden -pthread \
             '-fdebug-prefix-map=$(CURDIR)=.' -MMD -MP
LDFLAGS += -pthread

# A defect that is still there shall end a program and not serve a stranger. The codec's own objects go without the
# checks of the stack: streams of 1 KB would pay. FORTIFY needs an optimiser, and the sanitizers see more without it.
# HARDEN= and HARDEN_LINK= turn it off.
IS_LINUX := $(filter Linux,$(shell uname -s))
comma    := ,
OPTIMISED = $(if $(findstring -fsanitize,$(CFLAGS)),,$(filter -O1 -O2 -O3 -Os,$(CFLAGS)))
FORTIFY   = $(if $(OPTIMISED),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDEN    = $(if $(IS_LINUX),-fstack-protector-strong $(FORTIFY))
RELRO     = $(if $(IS_LINUX),-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
HARDEN_LINK = $(if $(IS_LINUX),-pie $(RELRO))

LIB_SRC    = $(wildcard deflate/format/*.c deflate/*.c inflate/*.c)
# what Linux does in its own way and POSIX in another is a file each; SLUICE_POLL=1 builds with POSIX alone
NET_LINUX  = net/loop_epoll.c net/root_openat2.c net/file_send_linux.c net/memory_file_linux.c
NET_POSIX  = net/loop_poll.c net/root_posix.c net/file_send_posix.c net/memory_file_posix.c
ON_LINUX   = $(if $(SLUICE_POLL),,$(IS_LINUX))
# the run-time parts of sanitizers and of coverage write files and stop threads, which a confined server may not
WATCHED    = $(findstring -fsanitize,$(CC) $(CFLAGS))$(findstring -coverage,$(CC) $(CFLAGS))
WITH_WALLS = $(if $(WATCHED),,$(ON_LINUX))
NET_LEFT   = $(if $(ON_LINUX),$(NET_POSIX),$(NET_LINUX)) net/sandbox_$(if $(WITH_WALLS),posix,linux).c \
             net/user_$(if $(IS_LINUX),posix,linux).c $(if $(WATCHED),net/user.c net/user_linux.c,net/user_stays.c)
NET_SRC    = $(filter-out $(NET_LEFT),$(wildcard net/*.c))
APP_LEFT   = $(if $(SLUICE_POLL),app/writeback_linux.c,$(if $(ON_LINUX),app/writeback_posix.c,app/writeback_linux.c))
COMMON_SRC = $(filter-out $(APP_LEFT),$(wildcard app/*.c))
TEST_SRC   = $(wildcard tests/deflate/*.c tests/deflate/format/*.c tests/inflate/*.c tests/net/*.c tests/app/*.c \
             tests/faults/*_test.c)
TEST_SH    = $(wildcard tests/app/*_test.sh tests/fuzz/*_test.sh)

obj        = $(patsubst %.c,$(B)/obj/%.o,$(1))
LIB_OBJ    = $(call obj,$(LIB_SRC))
NET_OBJ    = $(call obj,$(NET_SRC) $(COMMON_SRC))
SUPPORT_OBJ = $(call obj,$(wildcard tests/support/*.c))
TESTS      = $(patsubst tests/%.c,$(B)/tests/%,$(TEST_SRC))
PROGRAMS   = $(B)/sluice-server $(B)/sluice-client $(B)/sluice

# a fuzz harness, with a driver that needs no fuzzing engine unless FUZZ_MAIN says otherwise (tests/fuzz/run.sh)
FUZZ_MAIN   ?= $(B)/obj/tests/fuzz/driver.o
FUZZ_SECONDS ?= 10
APP_OBJ     = $(filter-out %/main.o,$(call obj,$(wildcard app/client/*.c app/tool/*.c)))
FUZZ        = $(patsubst tests/fuzz/%_fuzz.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))

FAULTY      = $(patsubst $(B)/%,$(B)/faults/%,$(PROGRAMS))

$(LIB_OBJ): HARDEN =
# FORTIFY wants each result of a call looked at; a test that prepares its folder need not
$(B)/obj/tests/%: HARDEN =

all: $(B)/libsluice.a $(B)/libsluice.so $(PROGRAMS) ## build the library and the programs into build/

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(B)/libsluice.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

# programs ask for the name with the interface's number; the file has the whole version
$(B)/$(SOFILE): $(LIB_OBJ) app/package/libsluice.map
	$(CC) $(CFLAGS) $(LDFLAGS) $(RELRO) -shared -Wl,-soname,$(SONAME) \
		$(if $(IS_LINUX),-Wl$(comma)--version-script=app/package/libsluice.map) -o $@ $(LIB_OBJ)

$(B)/libsluice.so: $(B)/$(SOFILE)
	ln -sf $(SOFILE) $(B)/$(SONAME)
	ln -sf $(SONAME) $@

# net/ and what the programs share, for the programs and the tests alone
$(B)/libnet.a: $(NET_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

server_OBJ = $(call obj,$(wildcard app/server/*.c))
client_OBJ = $(call obj,$(wildcard app/client/*.c))
tool_OBJ   = $(call obj,$(wildcard app/tool/*.c))

$(B)/sluice-server $(B)/static/sluice-server: $(server_OBJ)
$(B)/sluice-client $(B)/static/sluice-client: $(client_OBJ)
$(B)/sluice $(B)/static/sluice: $(tool_OBJ)
$(PROGRAMS): $(B)/libnet.a $(B)/libsluice.a
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^)

# With glibc the linker warns that names of hosts need the C library's files at run time; musl has no such bond.
STATIC = $(patsubst $(B)/%,$(B)/static/%,$(PROGRAMS))
static: $(STATIC) ## programs that need no library at all, in build/static/; best with CC=musl-gcc B=build/musl
$(STATIC): $(B)/libnet.a $(B)/libsluice.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(RELRO) -static -o $@ $(filter %.o,$^) $(filter %.a,$^)

$(B)/tests/%: $(B)/obj/tests/%.o $(SUPPORT_OBJ) $(B)/libnet.a $(B)/libsluice.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LINK) -o $@ $^

# the programs with calls that fail on purpose (tests/faults/faults.c); the linker leads the calls there
FAULTS      = malloc calloc realloc strdup strndup open_memstream read __read_chk pread64 __pread64_chk write \
              open64 __open64_2 openat64 __openat64_2 syscall fsync ftruncate64 renameat linkat unlinkat unlink \
              fchmod flock dup fstat64 stat64 lstat64 fstatat64 lseek64 fopen64 opendir fdopendir readdir64 recv \
              __recv_chk send sendfile64 accept socket bind listen connect setsockopt getsockopt getsockname \
              shutdown getaddrinfo poll __poll_chk epoll_create1 epoll_ctl epoll_wait pipe pthread_create pwrite64 \
              close fcntl64 fallocate64 memfd_create readlinkat dup2 fdopen realpath fchown futimens access \
              faccessat sendmsg recvmsg socketpair getpeername fork waitpid sigwaitinfo sigtimedwait getrlimit64 \
              setrlimit64 pthread_mutex_init pthread_cond_init \
              clock_gettime time

$(B)/faults/sluice-server: $(call obj,$(wildcard app/server/*.c))
$(B)/faults/sluice-client: $(call obj,$(wildcard app/client/*.c))
$(B)/faults/sluice: $(call obj,$(wildcard app/tool/*.c))
$(FAULTY): $(B)/obj/tests/faults/faults.o $(B)/libnet.a $(B)/libsluice.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LINK) $(addprefix -Wl$(comma)--wrap=,$(FAULTS)) -o $@ \
		$(filter %.o,$^) $(filter %.a,$^)

$(B)/libapp.a: $(APP_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/fuzz/%: $(B)/obj/tests/fuzz/%_fuzz.o $(FUZZ_MAIN) $(SUPPORT_OBJ) $(B)/libapp.a $(B)/libnet.a $(B)/libsluice.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(HARDEN_LINK) $(FUZZ_LDFLAGS) -o $@ $^

demo: all ## start the server on loopback, fetch real files, show that they match
	@B=$(B) sh tests/app/demo.sh

test: all $(TESTS) $(FUZZ) $(FAULTY) ## unit tests, vectors, programs over loopback; cc and make only
	@B=$(B) CC="$(CC)" sh tests/run.sh $(TESTS) $(TEST_SH)

vectors: $(B)/tests/vectors/assemble ## assemble the hand-made streams anew after a change in vectors/src/
	$< vectors/src/*.txt

interop: all ## against real peers: Python, gzip, pigz, libdeflate …; what is absent is skipped loudly
	@B=$(B) CC="$(CC)" sh tests/interop/run.sh

.PHONY: fuzz faults check coverage platforms analyze
check: faults fuzz ## the long tests: every fault with every error, and FUZZ_SECONDS for each harness

faults: all $(filter $(B)/tests/faults/%,$(TESTS)) $(FAULTY) ## each call of the system fails, with each error
	@B=$(B) CC="$(CC)" FULL=true LIMIT=1800 sh tests/run.sh $(filter $(B)/tests/faults/%,$(TESTS))

coverage: ## which lines and branches the tests reach, by gcov; see tests/COVERAGE.md
	@B=$(B) sh tests/coverage.sh

platforms: ## the codec with other compilers' options, and on other machines under qemu-user; what is absent is skipped
	@B=$(B) sh tests/platforms.sh $(PLATFORMS)

analyze: ## gcc -fanalyzer, clang-tidy and cppcheck; what is absent is skipped
	@B=$(B) sh tests/analyze.sh

fuzz: ## fuzz each harness of tests/fuzz/ for FUZZ_SECONDS; ENGINE=libfuzzer, afl or driver
	@B=$(B) CC="$(CC)" sh tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_NAMES)

bench: $(B)/bench $(B)/libsluice.so ## against peers loaded at run time; CORPUS=DIR, BENCH_FLAGS='decompress --runs 9'
	@$(B)/bench --svg $(B)/pareto.svg $(BENCH_FLAGS) $(CORPUS)

bench-server: all ## CPU time a request beside nginx, with wrk; SERVE=DIR, ONLY=identity, see tests/bench/server.sh
	@B=$(B) sh tests/bench/server.sh

bench-tool: all ## the tool beside gzip, pigz and libdeflate-gzip, wall time at equal size; TOOL_FILE=FILE, RUNS=N
	@B=$(B) sh tests/bench/tool.sh
	@B=$(B) sh tests/bench/tool.sh decompress

bench-fetch: all ## the client beside curl --compressed, from nginx; FETCH_FILE=FILE, SIZES="20 1000", RUNS=N
	@B=$(B) sh tests/bench/fetch.sh

pictures: all $(B)/bench ## those of README.md anew, into docs/; CORPUS=FILES for the first, chromium for the last
	@B=$(B) CORPUS="$(CORPUS)" sh docs/pictures.sh

bench-level: all ## what --level auto gains on slow and fast links; needs root and tc
	@B=$(B) sh tests/bench/level.sh

# everything that races is loaded at run time, the library beside the program too
$(B)/bench: $(call obj,$(wildcard tests/bench/*.c) tests/support/bits.c tests/support/check.c) | $(B)/libsluice.so
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ldl -lm

TO       = $(DESTDIR)$(PREFIX)
TO_LIB   = $(DESTDIR)$(LIBDIR)
MAN1     = $(notdir $(wildcard app/man/*.1))
MAN3     = $(notdir $(wildcard app/man/*.3))
UNITS    = sluice-server.service sluice-server.socket
COMPLETE = $(notdir $(PROGRAMS))
FILL     = sed -e 's,@PREFIX@,$(PREFIX),g' -e 's,@LIBDIR@,$(LIBDIR),g' -e 's,@VERSION@,$(VERSION),g'
# "PAGE NAME" for each name that a page of the library lists beside its own
ALIASES  = sh app/package/aliases.sh app/man/*.3

install: all ## copy everything below PREFIX (/usr/local), or below DESTDIR/PREFIX to pack it
	for folder in bin include share/man/man1 share/man/man3 share/bash-completion/completions; do \
		mkdir -p $(TO)/$$folder || exit 1; done
	mkdir -p $(TO_LIB)/pkgconfig $(TO)/lib/systemd/system
	sh app/package/put.sh 755 $(TO)/bin $(PROGRAMS)
	sh app/package/put.sh 644 $(TO_LIB) $(B)/libsluice.a $(B)/$(SOFILE)
	ln -sf $(SOFILE) $(TO_LIB)/$(SONAME)
	ln -sf $(SONAME) $(TO_LIB)/libsluice.so
	sh app/package/put.sh 644 $(TO)/include sluice.h
	$(FILL) app/package/sluice.pc.in >$(B)/sluice.pc
	sh app/package/put.sh 644 $(TO_LIB)/pkgconfig $(B)/sluice.pc
	for unit in $(UNITS); do $(FILL) app/package/$$unit.in >$(B)/$$unit && \
		sh app/package/put.sh 644 $(TO)/lib/systemd/system $(B)/$$unit || exit 1; done
	sh app/package/put.sh 644 $(TO)/share/man/man1 $(addprefix app/man/,$(MAN1))
	sh app/package/put.sh 644 $(TO)/share/man/man3 $(addprefix app/man/,$(MAN3))
	$(ALIASES) | while read -r page name; do ln -sf $$page $(TO)/share/man/man3/$$name || exit 1; done
	sh app/package/put.sh 644 $(TO)/share/bash-completion/completions app/package/sluice.bash
	for program in $(COMPLETE); do \
		ln -sf sluice.bash $(TO)/share/bash-completion/completions/$$program || exit 1; done

uninstall: ## remove what install has put there
	rm -f $(addprefix $(TO)/bin/,$(notdir $(PROGRAMS))) $(TO)/include/sluice.h
	rm -f $(addprefix $(TO_LIB)/,libsluice.a libsluice.so $(SONAME) $(SOFILE) pkgconfig/sluice.pc)
	rm -f $(addprefix $(TO)/lib/systemd/system/,$(UNITS))
	rm -f $(addprefix $(TO)/share/man/man1/,$(MAN1)) $(addprefix $(TO)/share/man/man3/,$(MAN3))
	$(ALIASES) | while read -r page name; do rm -f $(TO)/share/man/man3/$$name; done
	rm -f $(addprefix $(TO)/share/bash-completion/completions/,sluice.bash $(COMPLETE))

dist: $(B)/sluice ## a tarball of the sources, build/sluice-VERSION.tar.gz; the same sources give the same bytes
	@sh app/package/dist.sh sluice-$(VERSION) $(B)/sluice $(B)/sluice-$(VERSION).tar.gz

distcheck: dist ## unpack that twice in different folders: both build, to equal files, and pack themselves as it is
	@sh app/package/distcheck.sh $(B)/sluice-$(VERSION).tar.gz

clean: ## remove build/
	rm -rf $(B)

help: ## this text
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1\t/p' Makefile
	@echo '  CC, CFLAGS, PREFIX, LIBDIR, DESTDIR are honoured; SLUICE_PORTABLE=1 leaves out SIMD;'
	@echo '  SLUICE_POLL=1 builds the server with POSIX calls alone, as on systems that are not Linux;'
	@echo '  B=DIR builds elsewhere'

.PHONY: all static demo test vectors interop bench bench-server bench-tool bench-fetch bench-level pictures install \
        uninstall dist distcheck clean help
.SECONDARY:

-include $(patsubst %.o,%.d,$(LIB_OBJ) $(NET_OBJ) $(SUPPORT_OBJ)) $(wildcard $(B)/obj/app/*/*.d $(B)/obj/tests/*/*.d)
