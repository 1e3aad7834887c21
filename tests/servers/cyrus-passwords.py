"""Answers Cyrus as saslauthd does: OK to the one password of the tests, NO to every other. Arguments: socket, password."""

import os
import socketserver
import sys

SOCKET, PASSWORD = sys.argv[1], sys.argv[2].encode()


class Asked(socketserver.StreamRequestHandler):
    """One question: user, password, service and realm, each a 16-bit length and so many bytes."""

    def handle(self):
        fields = [self.rfile.read(int.from_bytes(self.rfile.read(2), "big")) for _ in range(4)]
        answer = b"OK" if fields[1] == PASSWORD else b"NO"
        self.wfile.write(len(answer).to_bytes(2, "big") + answer)


with socketserver.ThreadingUnixStreamServer(SOCKET, Asked) as server:
    os.chmod(SOCKET, 0o666)
    server.serve_forever()
