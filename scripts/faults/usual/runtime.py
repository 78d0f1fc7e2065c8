"""Replaces Lambda's Python runtime: an invocation is a line on stdin, its result a line on file descriptor 3.
Overlapping invocations are threads of one process; on Lambda each has its own process.
"""

import importlib
import json
import logging
import os
import sys
import threading

# As in Lambda's runtime.
logging.basicConfig(format="[%(levelname)s] %(message)s")

answers = os.fdopen(3, "w")
writing = threading.Lock()
module, name = sys.argv[1].split(".")
handler = getattr(importlib.import_module(module), name)


def serve(request):
    try:
        payload, failed = handler(json.loads(request["event"]), None), False
    except BaseException as error:
        logging.error("%s: %s", type(error).__name__, error)
        payload, failed = {"errorType": type(error).__name__, "errorMessage": str(error)}, True
    with writing:
        line = {"id": request["id"], "failed": failed, "payload": json.dumps(payload)}
        print(json.dumps(line), file=answers, flush=True)


for line in sys.stdin:
    threading.Thread(target=serve, args=(json.loads(line),), daemon=True).start()
