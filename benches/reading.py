#!/usr/bin/env python3
"""CPU of reading documents, beside what others take for the same files on the same machine, one after the other.

    benches/reading.py PROGRAM FOLDER [--pages N] [--scans N]

FOLDER holds PDFs with text; PROGRAM is the release build. Needs pdftotext and pdftoppm (poppler-utils), tesseract with
the six languages, and for the comparison with it python3's pdfplumber. Every time is user and system time of the process and
of all it started and waited for (getrusage); each command runs once unmeasured, so that the files are in memory, then the
least of three counts. What one process of a program costs by itself is measured with a file that is empty, and taken off
everything that starts one process for many files.

The goals: words with places at a quarter of pdftotext and a fiftieth of pdfplumber, processes of our own included; fields in
less than 5 ms a page; recognition within 1.2 times of the engine alone; a child process for less than 2 ms a document.
"""
import argparse
import ctypes
import glob
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

ROUNDS = 3
PR_SET_CHILD_SUBREAPER = 36
LANGUAGES = "eng+deu+fra+spa+ita+nld"


def spent():
    """Of all that has ended. A process that outlived the one that started it is ours since `main`, and waited for here."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu(*commands, **options):
    """Least CPU seconds of three rounds of these commands, after one that is not counted."""
    least = None
    for round_number in range(ROUNDS + 1):
        before = spent()
        for command in commands:
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        if round_number:
            least = min(spent() - before, least if least is not None else 1e9)
    return least


def inspect(program, *files):
    return [program, "inspect", "--json", "--no-embedded", *files]


def page_count(file):
    info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, errors="replace").stdout
    found = re.search(r"^Pages:\s+(\d+)", info, re.M)
    return int(found.group(1)) if found else 0


def is_text(program, file):
    """Read from its text alone: a page that is recognised would be compared with programs that recognise nothing, and a PDF
    carried inside is read to see whether it is another bill."""
    inside = subprocess.run(["pdfdetach", "-list", file], capture_output=True, text=True, errors="replace").stdout
    if ".pdf" in inside.lower():
        return False
    answer = subprocess.run(inspect(program, file), capture_output=True, text=True).stdout
    methods = {field.get("method") for field in (json.loads(answer).get("fields") or {}).values()} if answer else set()
    return bool(methods) and "ocr" not in methods


def show(what, seconds, pages, beside=None):
    ratio = f"{seconds / beside:8.3f} of it" if beside else ""
    print(f"{what:58} {seconds * 1e3 / pages:9.2f} ms a page {ratio}")


def texts(args, folder):
    files, pages = [], 0
    for file in sorted(glob.glob(os.path.join(args.folder, "**", "*.pdf"), recursive=True)):
        count = page_count(file)
        if count and pages + count <= args.pages and is_text(args.program, file):
            files.append(file)
            pages += count
    if not files:
        sys.exit("no PDF with text in the folder")
    print(f"{len(files)} PDFs with text, {pages} pages")
    empty = os.path.join(folder, "empty.txt")
    open(empty, "w").close()
    start = cpu(inspect(args.program, empty))
    ours = cpu(inspect(args.program, *files)) - start
    poppler = cpu(*(["pdftotext", "-bbox-layout", file, "-"] for file in files))
    show("pdftotext -bbox-layout, a process a file", poppler, pages)
    show("countinghouse, words, kind, fields and lines, children too", ours, pages, poppler)
    try:
        import pdfplumber  # noqa: F401
    except ImportError:
        print("pdfplumber is not installed: not compared")
    else:
        script = "import sys, pdfplumber\nfor f in sys.argv[1:]:\n for p in pdfplumber.open(f).pages: p.extract_words()"
        bare = cpu([sys.executable, "-c", "import pdfplumber"])
        plumber = cpu([sys.executable, "-c", script, *files]) - bare
        show("pdfplumber extract_words, one process", plumber, pages)
        show("countinghouse beside it", ours, pages, plumber)
    return start


def child(args, folder, start):
    """A blank page has nothing to read: what is left is the file, the pipe, and the child that reads it."""
    blank = os.path.join(folder, "blank.csv")
    with open(blank, "w", encoding="ascii") as out:
        out.write("a,b\n")
    small = os.path.join(folder, "small.pdf")
    content = b"BT /F 9 Tf 9 9 Td (a) Tj ET"
    with open(small, "wb") as out:
        out.write(b"%%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
                  b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
                  b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>> endobj\n"
                  b"4 0 obj <</Length %d>> stream\n%s\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%%%EOF\n" % (len(content), content))
    many = 200
    here = cpu(inspect(args.program, *[blank] * many)) - start
    there = cpu(inspect(args.program, *[small] * many)) - start
    print(f"{'a one-word PDF in a child, more than a text read without one':58} {(there - here) * 1e3 / many:9.2f} ms a document")


def scans(args, folder, start):
    """The same pictures for both, 300 dpi, one page each."""
    files = sorted(glob.glob(os.path.join(args.folder, "**", "*.pdf"), recursive=True))
    step = max(1, len(files) // args.scans)
    pictures = []
    for number, file in enumerate(files[::step][: args.scans]):
        name = os.path.join(folder, f"scan{number}")
        done = subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", "-singlefile", file, name], stderr=subprocess.DEVNULL)
        pictures += [name + ".png"] if done.returncode == 0 else []
    if not pictures:
        return
    one_thread = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    plain = cpu(*(["tesseract", picture, "stdout", "-l", LANGUAGES, "--psm", "11", "--dpi", "300", "tsv"] for picture in pictures),
                env=one_thread)
    ours = cpu(inspect(args.program, *pictures)) - start
    show(f"tesseract --psm 11, six languages, {len(pictures)} pictures", plain, len(pictures))
    show("countinghouse, with cleaning, codes, kind and fields", ours, len(pictures), plain)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--pages", type=int, default=200, help="pages of text at most")
    parser.add_argument("--scans", type=int, default=8, help="pictures recognised; 0 for none")
    args = parser.parse_args()
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("the children of children cannot be counted here")
    with tempfile.TemporaryDirectory() as folder:
        start = texts(args, folder)
        child(args, folder, start)
        if args.scans:
            scans(args, folder, start)


if __name__ == "__main__":
    main()
