#!/usr/bin/env python3
"""How sure are the values? Counts right and wrong ones by confidence.

usage: calibration.py BIN FOLDER...

Each FOLDER holds documents and, beside each, NAME.expected.json with the values that are printed on it. BIN reads them
with `inspect --json --no-embedded`: pages alone, which is where confidence is computed and not given.
"""
import glob
import json
import os
import re
import subprocess
import sys
import unicodedata

FIELDS = ["supplier_name", "supplier_vat", "invoice_number", "issue_date", "due_date", "currency", "net_total",
          "tax_total", "gross_total", "iban", "po_number"]
BINS = [(0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)]


def squash(value):
    folded = unicodedata.normalize("NFKC", str(value)).casefold()
    return re.sub(r"[\W_]+", "", folded)


def same(field, got, want):
    if field.endswith("_total"):
        return abs(float(got) - float(want)) < 0.005
    a, b = squash(got), squash(want)
    if field == "supplier_name":
        return bool(a) and (a == b or min(len(a), len(b)) >= 5 and (a in b or b in a))
    return a == b


def documents(folder):
    for expected in sorted(glob.glob(os.path.join(folder, "*.expected.json"))):
        stem = expected[: -len(".expected.json")]
        files = [name for name in glob.glob(glob.escape(stem) + ".*") if name != expected]
        if files:
            with open(expected, encoding="utf-8") as text:
                yield files[0], json.load(text)


def readings(binary, files):
    run = subprocess.run([binary, "inspect", "--json", "--no-embedded", *files], capture_output=True, text=True, check=True)
    return {value["file"]: value for value in map(json.loads, run.stdout.splitlines())}


def main():
    binary, folders = sys.argv[1], sys.argv[2:]
    counts = {bounds: [0, 0] for bounds in BINS}
    for folder in folders:
        wanted = dict(documents(folder))
        found = readings(binary, list(wanted))
        for file, expected in wanted.items():
            others = (expected.get("_meta") or {}).get("alternatives") or {}
            for field in FIELDS:
                value = (found[file].get("fields") or {}).get(field)
                if value is None or expected.get(field) is None:
                    continue
                allowed = [expected[field], *[other for other in others.get(field, []) if other is not None]]
                right = any(same(field, value["value"], other) for other in allowed)
                bounds = next(b for b in BINS if b[0] <= value["confidence"] < b[1])
                counts[bounds][0] += right
                counts[bounds][1] += 1
    print("confidence     values   right")
    for (low, high), (right, all_values) in counts.items():
        share = f"{100 * right / all_values:5.1f} %" if all_values else "-"
        print(f"{low:.2f} to {min(high, 1.0):.2f}   {all_values:6}   {share}")


if __name__ == "__main__":
    main()
