// http_client_node.js ROOT: serves the files beneath ROOT with Node's own zlib, in the form that the path begins with:
// /CODING/FRAMING/NAME, CODING of gzip, deflate (the zlib form), raw (what some servers wrongly call deflate),
// identity; FRAMING of length, chunked, close. Prints its port.
const fs = require("fs"), http = require("http"), path = require("path"), zlib = require("zlib");
const root = process.argv[2];
const coders = {gzip: zlib.gzipSync, deflate: zlib.deflateSync, raw: zlib.deflateRawSync, identity: (b) => b};

http.createServer((request, response) => {
    const [, coding, framing, name] = request.url.split("/");
    const body = coders[coding](fs.readFileSync(path.join(root, path.basename(name))));
    if (coding !== "identity") response.setHeader("Content-Encoding", coding === "raw" ? "deflate" : coding);
    if (framing === "length") response.setHeader("Content-Length", body.length);
    if (framing === "close") {
        response.setHeader("Connection", "close");
        response.useChunkedEncodingByDefault = false; // neither a length nor chunks: the end of the connection
        response.removeHeader("Transfer-Encoding");
    }
    for (let at = 0; at < body.length; at += 10000) response.write(body.subarray(at, at + 10000));
    response.end();
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
