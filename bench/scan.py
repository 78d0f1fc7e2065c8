"""Finds sensitive data in the usual style of Python scanners: the file is decoded in pieces, and each line goes through six
regular expressions, with a check digit for cards. Prints what it found and the processor time, as JSON.
"""

import hashlib
import json
import re
import sys
import time

PATTERNS = {
    "ssn": re.compile(r"\b(?!000|666|9\d{2})\d{3}[- ]?\d{2}[- ]?\d{4}\b"),
    "credit_card": re.compile(r"\b(?:\d{4}[- ]?){3}\d{4}\b|\b\d{15,16}\b"),
    "aws_access_key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "aws_secret_key": re.compile(r"\b[A-Za-z0-9/+=]{40}\b"),
    "email": re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b"),
    "phone_us": re.compile(r"\b(?:\+?1[-. ]?)?\(?(?!000|555)\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}\b"),
}
PIECE = 10 * 1024 * 1024


def luhn(number):
    digits = [int(character) for character in number if character.isdigit()]
    total = sum(digits[-1::-2])
    for digit in digits[-2::-2]:
        total += sum(divmod(2 * digit, 10))
    return total % 10 == 0


def is_valid(kind, value):
    if kind == "credit_card":
        return luhn(value)
    if kind == "aws_secret_key":
        return (
            any(character.isupper() for character in value)
            and any(character.islower() for character in value)
            and any(character.isdigit() for character in value)
        )
    return True


def scan_line(line, number, with_hashes):
    found = []
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(line):
            value = match.group()
            if not is_valid(kind, value):
                continue
            finding = {
                "type": kind,
                "line": number,
                "column_start": match.start(),
                "column_end": match.end(),
            }
            if with_hashes:
                finding["hash"] = hashlib.sha256(value.encode()).hexdigest()
                finding["context"] = line[max(0, match.start() - 50) : match.end() + 50]
            found.append(finding)
    return found


def main(path, with_hashes):
    findings = []
    number = 0
    rest = ""
    started = time.process_time()
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            lines = (rest + piece.decode("utf-8", errors="replace")).split("\n")
            rest = lines.pop()
            for line in lines:
                number += 1
                findings.extend(scan_line(line, number, with_hashes))
    findings.extend(scan_line(rest, number + 1, with_hashes))
    print(json.dumps({"findings": len(findings), "seconds": time.process_time() - started}))


main(sys.argv[1], sys.argv[2] == "hashes")
