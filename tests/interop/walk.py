"""What the Python walks share: the server to walk through, one line per step, and the kept frames."""

import os
import signal
import struct
import sys

PASSWORD = "Harbour-2026"
NEW_PASSWORD = "Lantau-2027"
AUTH_INFO = "Quay-Side-2026.Pier+7"
DIGEST = "0123456789ABCDEF" * 4
NOT_SERVED = 2101


class Walk:
    """One client's way through the commands; ends the process at the first wrong answer."""

    def __init__(self):
        if len(sys.argv) != 5:
            sys.exit("usage: %s HOST PORT CERTIFICATES ZONE" % sys.argv[0])
        self.host, port, self.certs, self.zone = sys.argv[1:]
        self.port = int(port)
        self.steps = 0
        # A walk takes seconds; a server that does not answer must not hold the tests.
        signal.alarm(120)

    def certificate(self, registrar):
        return os.path.join(self.certs, registrar + ".pem")

    def key(self, registrar):
        return os.path.join(self.certs, registrar + ".key")

    def authority(self):
        return os.path.join(self.certs, "ca.pem")

    def name(self, label):
        return "%s.%s" % (label, self.zone)

    def check(self, step, expected, seen):
        """Prints a step; a difference is the end."""
        right = expected == seen
        print("%s %s: %s" % ("ok " if right else "BAD", step, seen), flush=True)
        if not right:
            sys.exit("%s: expected %r, got %r" % (step, expected, seen))
        self.steps += 1

    def keep(self, frame):
        """Keeps a frame for the test, which validates it."""
        path = os.environ.get("HKEPP_INTEROP_FRAMES")
        if path:
            octets = frame if isinstance(frame, bytes) else frame.encode("utf-8")
            with open(path, "ab") as out:
                out.write(struct.pack(">I", len(octets)) + octets)

    def finish(self):
        print("%d steps" % self.steps)
