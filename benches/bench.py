#!/usr/bin/env python3
"""What benches/run measures: the real program as a daemon against the baseline's pipeline.py, and its memory.

CPU is user + system time of the process and of every child it had, as the kernel counts it (wait4). Start and stop of the
daemon are in it; the interpreter's start is not in the baseline's own count, so the baseline is favoured by about 0.3 s.
"""
import argparse, ctypes, decimal, json, os, re, signal, statistics, subprocess, sys, threading, time

PR_SET_CHILD_SUBREAPER = 36

CONFIG = '''[company]
name = "Example GmbH"
vat_ids = ["DE136695976"]
ibans = ["DE02200994700061823900"]
domains = ["fin.test"]

[storage]
data_folder = "{data}"

[[mailbox]]
name = "ap"
side = "ap"
address = "{user}"
host = "localhost"
port = {imaps_port}
security = "tls"
user = "{user}"
password_env = "MAIL_PASSWORD"
ca_file = "{ca}"
poll_seconds = 60
flag = "$Countinghouse"
max_message_mib = {max_mib}

[outgoing]
host = "localhost"
port = {smtp_port}
security = "starttls"
ca_file = "{ca}"

[[approver]]
name = "Approver One"
address = "approver1@sink.test"

[[approval_rule]]
name = "everything"
approvers = ["approver1@sink.test"]

[approval]
two_above = "100000000.00"

[authenticity]
trusted_authserv_ids = ["mx.fin.test"]

[owners]
payables = "ap-team@fin.test"
receivables = "ar-team@fin.test"
mail = "it@fin.test"

[reminders]
enabled = false

[log]
filter = "info"
'''

# The five suppliers gen_mailset.py writes, all with one account.
SUPPLIERS = '''number,name,vat_id,iban,domains,mail,terms_days,approver
70001,Nordwind GmbH,,DE89370400440532013000,ext.test,,30,
70002,Acme Supplies Ltd,,DE89370400440532013000,ext.test,,30,
70003,Dupont & Fils SARL,,DE89370400440532013000,ext.test,,30,
70004,Rossi Srl,,DE89370400440532013000,ext.test,,30,
70005,Blue Harbor LLC,,DE89370400440532013000,ext.test,,30,
'''


class Office:
    """A data folder and a configuration of its own for every run."""

    def __init__(self, a, name, user, max_mib=50, change=lambda text: text):
        self.folder = os.path.join(a.folder, name)
        self.program = os.path.abspath(a.program)
        os.makedirs(self.folder)
        self.config = os.path.join(self.folder, 'countinghouse.toml')
        text = CONFIG.format(data=os.path.join(self.folder, 'data'), user=user, imaps_port=a.imaps_port,
                             smtp_port=a.smtp_port, ca=os.path.join(a.folder, 'tls/ca.pem'), max_mib=max_mib)
        with open(self.config, 'w') as file:
            file.write(change(text))
        suppliers = os.path.join(self.folder, 'suppliers.csv')
        with open(suppliers, 'w') as file:
            file.write(SUPPLIERS)
        self.ask('import', 'suppliers', suppliers)

    def ask(self, *arguments):
        done = subprocess.run([self.program, '--config', self.config, '--json', *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f'{arguments}: {done.stderr}')
        return [json.loads(line, parse_float=decimal.Decimal) for line in done.stdout.splitlines()]

    def status(self):
        page = self.ask('status')[0]
        counts = {(c['kind'], c['state']): c['count'] for c in page['counts']}
        page['by_state'] = counts
        page['busy'] = page['jobs_ready'] + page['jobs_running']  # later are the ends of approvals
        return page

    def run(self, done, limit=900):
        """Runs the daemon until `done(status)`; gives CPU seconds, wall, and peak resident KiB of it and of a reader."""
        log = open(os.path.join(self.folder, 'log'), 'w')
        began = time.time()
        daemon = subprocess.Popen([self.program, '--config', self.config, 'run'], stderr=log)
        peaks, stop = {}, threading.Event()
        watcher = threading.Thread(target=watch, args=(daemon.pid, peaks, stop))
        watcher.start()
        page = None
        while time.time() - began < limit:
            time.sleep(0.5)
            if daemon.poll() is not None:
                sys.exit('the daemon ended: ' + open(log.name).read()[-2000:])
            page = self.status()
            if done(page):
                break
        else:
            print('NOT FINISHED in time:', page['by_state'], file=sys.stderr)
        wall = time.time() - began
        stop.set()
        watcher.join()
        os.kill(daemon.pid, signal.SIGTERM)
        used = 0.0
        while True:  # the daemon, and readers it left to us
            try:
                _, _, usage = os.wait4(-1, 0)
            except ChildProcessError:
                break
            used += usage.ru_utime + usage.ru_stime
        daemon.returncode = 0
        return used, wall, peaks, page


def watch(pid, peaks, stop):
    """The kernel keeps the peak itself; looked at often only because a process that is gone tells no more."""
    while not stop.wait(0.05):
        kids = []
        try:
            for task in os.listdir(f'/proc/{pid}/task'):
                kids += open(f'/proc/{pid}/task/{task}/children').read().split()
            for name, process in [('daemon', pid)] + [('reader', kid) for kid in kids]:
                found = re.search(r'VmHWM:\s+(\d+)', open(f'/proc/{process}/status').read())
                if found:
                    peaks[name] = max(peaks.get(name, 0), int(found.group(1)))
        except (FileNotFoundError, ProcessLookupError):
            continue


def ours(a, round_):
    office = Office(a, f'speed{round_}', 'speed@fin.test')
    truth = json.load(open(os.path.join(a.folder, 'set300/truth.json')))
    total = len(truth)

    def done(page):
        asked = sum(n for (kind, state), n in page['by_state'].items() if kind == 'bill' and state != 'draft')
        return asked + page['by_state'].get(('document', 'unread'), 0) >= total and page['busy'] == 0
    used, wall, peaks, page = office.run(done)
    bills = office.ask('bills', 'list', '--limit', '1000')
    wanted = {(number, cents) for number, cents in truth.values()}
    right = wanted & {(bill['invoice_number'], cents(bill)) for bill in bills}
    sent = page['by_state'].get(('outbound', 'sent'), 0)
    print(f'countinghouse n={total} correct={len(right)} asked={sent} wall={wall:.1f}s cpu={used:.2f}s '
          f'cpu/msg={used / total * 1e3:.2f} ms maxrss={peaks.get("daemon", 0) // 1024} MiB '
          f'reader={peaks.get("reader", 0) // 1024} MiB', flush=True)
    if sent < total or len(right) < total:
        # A bill of a later day than today is held, rightly.
        print('  ', {f'{kind} {state}': n for (kind, state), n in page['by_state'].items()})
    return used / total * 1e3, wall


def cents(bill):
    total = bill.get('payable_total')
    return None if total is None else int(decimal.Decimal(str(total)) * 100)


def theirs(a, round_):
    command = [sys.executable, os.path.join(a.baseline, 'pipeline.py'), '--port', str(a.imaps_port), '--user', 'speed@fin.test',
               '--cafile', os.path.join(a.folder, 'tls/ca.pem'), '--smtp-port', str(a.smtp_port),
               '--db', os.path.join(a.folder, f'baseline{round_}.sqlite'), '--truth', os.path.join(a.folder, 'set300/truth.json')]
    said = subprocess.run(command, capture_output=True, text=True)
    if said.returncode:
        sys.exit(said.stderr)
    print(said.stdout, end='', flush=True)
    return float(re.search(r'cpu/msg=([\d.]+)', said.stdout).group(1)), float(re.search(r'wall=([\d.]+)', said.stdout).group(1))


def speed(a):
    theirs(a, 'warm')  # the server's index of this mailbox is made here
    rounds = []
    for round_ in range(a.rounds):
        print(f'round {round_ + 1}, load {os.getloadavg()[0]:.1f}')
        rounds.append((theirs(a, round_), ours(a, round_)))
    for round_, (other, own) in enumerate(rounds):
        print(f'round {round_ + 1}: CPU per message {other[0]:.1f} ms against {own[0]:.2f} ms: {other[0] / own[0]:.1f} times the messages a second of CPU')
    other, own = (statistics.median(r[i][0] for r in rounds) for i in (0, 1))
    print(f'median: {other:.1f} ms against {own:.2f} ms: RATIO {other / own:.1f} ({1e3 / own:.0f} against {1e3 / other:.0f} messages a second of CPU)')


def memory(a):
    office = Office(a, 'memory', 'memory@fin.test')

    fetched = []

    def done(page):
        """All are fetched, and the large one, which is the oldest, has long been taken apart."""
        if sum(n for (kind, _), n in page['by_state'].items() if kind == 'message') >= 5001 and not fetched:
            fetched.append(time.time())
        return fetched and (page['busy'] == 0 or time.time() - fetched[0] > 60)
    used, wall, peaks, page = office.run(done)
    print(f'memory: 5,000 mails and one of 50 MiB: peak resident {peaks["daemon"] / 1024:.1f} MiB (reader {peaks.get("reader", 0) / 1024:.1f} MiB), '
          f'wall {wall:.1f} s, cpu {used:.1f} s,', {f'{kind} {state}': n for (kind, state), n in page['by_state'].items()})


def large_mail():
    out = sys.stdout
    out.write('From: big@ext.test\nTo: ap@fin.test\nSubject: drawings\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n'
              'Message-ID: <large@ext.test>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
              '--b\nContent-Type: text/plain\n\nthe drawings\n--b\nContent-Type: application/zip\n'
              'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="drawings.zip"\n\n')
    line = 'UEsDBBQAAAAIAAAAIQ' + 'C7x' * 19 + 'A' + '\n'
    for _ in range(((50 << 20) - 2000) // (len(line) + 1)):  # with the CR of the wire; just below the limit
        out.write(line)
    out.write('--b--\n')


def main():
    p = argparse.ArgumentParser()
    p.add_argument('part', choices=['speed', 'own', 'office', 'memory', 'large-mail'])
    for name in ('program', 'baseline', 'folder'):
        p.add_argument('--' + name)
    for name in ('imaps-port', 'smtp-port', 'rounds'):
        p.add_argument('--' + name, type=int)
    a = p.parse_args()
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit('prctl failed')
    {'speed': lambda: speed(a), 'own': lambda: [ours(a, n) for n in range(a.rounds)], 'office': lambda: Office(a, 'stages', 'speed@fin.test'), 'memory': lambda: memory(a), 'large-mail': large_mail}[a.part]()


if __name__ == "__main__":
    main()
