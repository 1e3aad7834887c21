#!/usr/bin/env python3
"""What benches/mail measures: this program's doors beside other programs, in turn, and the whole of it on real servers."""
import argparse, os, random, re, signal, statistics, subprocess, sys, time

import bench, load

FETCHED = 5000
PERSON = 'fetch@fin.test'

MBSYNC = '''FSync yes

IMAPAccount server
Host localhost
Port {port}
User {user}
Pass {password}
SSLType IMAPS
CertificateFile {ca}

IMAPStore far
Account server

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX

Channel all
Far :far:INBOX
Near :near:INBOX
Create Near
Sync Pull
SyncState *
'''


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f'{command}: {done.stdout}{done.stderr}')
    return done.stdout


def tell(line):
    print(line, flush=True)


def office(a, name, user=PERSON, change=lambda text: text):
    """A new one each time, with nothing in its books. The old ones stay: where thousands of files were just removed, ext4 makes new
    ones at a tenth of its speed for minutes."""
    return bench.Office(a, f'{name}-{time.time_ns()}', user, change=change)


def doors(a, *arguments):
    said = run([a.doors, *map(str, arguments)], env={**os.environ, 'COUNTINGHOUSE': os.path.abspath(a.program)})
    tell('  ' + said.strip().replace('\n', '\n  '))
    return said


def rate(said, what):
    return float(re.search(rf'^{what} .*rate=(\d+)/s', said, re.M).group(1))


def table(rows, goal):
    """Medians and ratios: what is compared is compared in one go, on the same disk, on the same quiet or busy machine."""
    own = statistics.median(rows['ours'])
    for name, rates in rows.items():
        middle = statistics.median(rates)
        said = '' if name == 'ours' else f'   ours is {own / middle:.2f} times' + (f' (goal {goal[name]})' if name in goal else '')
        tell(f'{name:<24}{middle:8.0f}/s   of {", ".join(f"{one:.0f}" for one in rates)}{said}')


def fetch(a):
    """5,000 mails of 60 KiB on Dovecot: mbsync with its fsync on, an imap_tools loop, this client alone, and this program."""
    ca, password = os.path.join(a.folder, 'tls/ca.pem'), os.environ['MAIL_PASSWORD']
    rows = {'ours': [], 'mbsync, FSync yes': [], 'imap_tools': [], 'fetch-only': []}

    def by_mbsync():
        folder = os.path.join(a.folder, f'mbsync-{time.time_ns()}')
        os.makedirs(os.path.join(folder, 'mail'))
        with open(os.path.join(folder, 'rc'), 'w') as file:
            file.write(MBSYNC.format(folder=folder, port=a.imaps_port, user=PERSON, password=password, ca=ca))
        begun = time.time()
        run(['mbsync', '-q', '-c', os.path.join(folder, 'rc'), 'all'])
        wall = time.time() - begun
        count = sum(len(os.listdir(os.path.join(folder, 'mail/INBOX', part))) for part in ('new', 'cur'))
        tell(f'  mbsync n={count} wall={wall:.2f}s')
        return count / wall

    def by_tools():
        said = run([sys.executable, os.path.join(a.baseline, 'imap_fetch.py'), '--port', str(a.imaps_port), '--user', PERSON, '--cafile', ca, '--mode', 'tools'])
        tell('  ' + said.strip())
        return float(re.search(r'(\d+) msg/s', said).group(1))

    doors(a, 'fetch-only', office(a, 'fetch').config)  # the server's index of the mailbox is made here
    for round_ in range(a.rounds):
        tell(f'round {round_ + 1}, load {os.getloadavg()[0]:.1f}')
        rows['mbsync, FSync yes'].append(by_mbsync())
        rows['ours'].append(rate(doors(a, 'fetch', office(a, 'fetch').config), 'fetch'))
        rows['imap_tools'].append(by_tools())
        rows['fetch-only'].append(rate(doors(a, 'fetch-only', office(a, 'fetch').config), 'fetch-only'))
    table(rows, {'mbsync, FSync yes': 5, 'imap_tools': 4, 'fetch-only': 0.5})


def send(a):
    """Mails of 3 KB to Postfix, which queues each durably, over one connection."""
    rows, to = {'ours': [], 'smtplib, one connection': []}, office(a, 'send').config
    for round_ in range(a.rounds):
        tell(f'round {round_ + 1}, load {os.getloadavg()[0]:.1f}')
        said = run([sys.executable, os.path.join(a.baseline, 'smtp_send.py'), '--port', str(a.smtp_port), '--user', '', '--password', '',
                    '--cafile', os.path.join(a.folder, 'tls/ca.pem'), '--mode', 'reuse', '--n', '2000'])
        tell('  ' + said.strip())
        rows['smtplib, one connection'].append(float(re.search(r'(\d+) msg/s', said).group(1)))
        rows['ours'].append(rate(doors(a, 'send', to, 2000), 'send'))
    table(rows, {})


def books(a):
    """Where the books may lie."""
    folder = os.path.join(a.folder, f'books-{time.time_ns()}')
    os.makedirs(folder)
    yield 'SQLite', f'sqlite://{folder}/books.db', folder
    yield 'PostgreSQL', new_database(a), folder


def new_database(a):
    name = f'bench_{time.time_ns()}'
    run([os.path.join(a.postgres_bin, 'psql'), '-h', '127.0.0.1', '-p', str(a.postgres_port), '-U', 'app', '-d', 'postgres', '-qc', f'CREATE DATABASE {name}'])
    return f'postgres://app@127.0.0.1:{a.postgres_port}/{name}'


def queue(a):
    for name, url, folder in books(a):
        for part in ('commit', 'claim'):
            tell(f'{name}, {part}, load {os.getloadavg()[0]:.1f}')
            doors(a, part, url, folder)


def in_folders(a, name, url=None):
    """An office whose mail lies in a local folder and goes into another: only the program and its books are measured."""
    def change(text):
        text = re.sub(r'host = "localhost"\nport = \d+\nsecurity = "tls"\nuser.*\npassword_env.*\nca_file.*\n', f'kind = "maildir"\nmaildir = "{a.folder}/{name}-mail"\n', text)
        text = re.sub(r'\[outgoing\]\n(.*\n)+?\n', f'[outgoing]\nkind = "maildir"\nmaildir = "{a.folder}/{name}-out"\nmax_a_day = 1000000\nmax_in_ten_minutes = 100000\n\n', text)
        return text + (f'\n[storage]\ndatabase_url = "{url}"\n' if url else '')

    for part in ('mail', 'out'):
        for kind in ('cur', 'new', 'tmp'):
            os.makedirs(os.path.join(a.folder, f'{name}-{part}', kind), exist_ok=True)

    def merged(text):
        text = change(text)
        if url:  # one table of a name
            text = text.replace(f'\n[storage]\ndatabase_url = "{url}"\n', '')
            text = text.replace('[storage]\n', f'[storage]\ndatabase_url = "{url}"\n')
        return text
    return office(a, name, 'ap@fin.test', merged)


def grow(a):
    """The cost of a mail of today, by how many the books hold already."""
    chance, nth = random.Random(5), 0
    for kind in a.kinds.split(','):
        at = in_folders(a, f'grow-{kind}', new_database(a) if kind == 'PostgreSQL' else None)
        base = None
        for size in map(int, a.sizes.split(',')):
            doors(a, 'fill', at.config, size)
            costs = []
            for _ in range(a.rounds):
                for _ in range(a.mails):
                    nth += 1
                    folder = os.path.join(a.folder, f'grow-{kind}-mail/new')
                    with open(os.path.join(folder, f'{1790000000 + nth}.M{nth}.bench'), 'wb') as file:
                        file.write(load.bill(f'INV-{kind[0]}-{nth:06}', chance))
                said = doors(a, 'work', at.config)
                costs.append((float(re.search(r'cpu/msg=([\d.]+)', said).group(1)), float(re.search(r'wall/msg=([\d.]+)', said).group(1))))
            cpu, wall = (min(cost[i] for cost in costs) for i in (0, 1))
            base = base or (cpu, wall)
            tell(f'{kind} with {size:,} messages: CPU {cpu:.2f} ms a mail ({cpu / base[0]:.2f} times), wall {wall:.2f} ms ({wall / base[1]:.2f} times; goal 1.2), load {os.getloadavg()[0]:.1f}')


def arrive(a):
    """From the end of delivery to the relay's acceptance of the request, one bill at a time; the daemon waits by IDLE."""
    at = office(a, 'arrive', 'ap@fin.test')
    log = os.path.join(at.folder, 'log')
    daemon = subprocess.Popen([at.program, '--config', at.config, 'run'], stderr=open(log, 'w'))
    mailman, chance, waits = load.Mailman(a.lmtp_port), random.Random(3), []
    accepted = lambda: [line.split()[0] for line in open(log) if 'approval_request' in line and 'state=sent' in line]
    time.sleep(3)
    for nth in range(a.mails):
        time.sleep(chance.uniform(0.2, 1.2))
        mail = load.bill(f'INV-A-{nth:05}', chance)
        mailman.bring('ap@fin.test', mail)
        brought = time.time()
        while len(accepted()) <= nth:
            if time.time() - brought > 60 or daemon.poll() is not None:
                sys.exit(f'the request did not come: {open(log).read()[-3000:]}')
            time.sleep(0.01)
        waits.append(instant(accepted()[nth]) - brought)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait(60)
    waits = sorted(waits[1:])  # the first opens the connections
    tell(f'arrival to acceptance, {len(waits)} bills: median {statistics.median(waits) * 1e3:.0f} ms, p95 {waits[len(waits) * 95 // 100] * 1e3:.0f} ms, '
         f'least {waits[0] * 1e3:.0f}, most {waits[-1] * 1e3:.0f}, load {os.getloadavg()[0]:.1f}')


def instant(text):
    import datetime
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


def replicas(a):
    """The whole job by so many daemons on one PostgreSQL, from start to the last request accepted."""
    count, chance = a.mails, random.Random(9)
    key = os.path.join(a.folder, 'key')
    with open(key, 'w') as file:
        file.write('5a' * 32)
    mailman, first = load.Mailman(a.lmtp_port), None
    for machines in (1, 2, 4):
        person, url = f'replicas{machines}@fin.test', new_database(a)
        for nth in range(count):
            mailman.bring(person, load.bill(f'INV-R{machines}-{nth:05}', chance))
        offices = []
        for nth in range(machines):
            shared = f'[storage]\ndatabase_url = "{url}"\nraw_bytes = "database"\ntoken_key_file = "{key}"\n'
            offices.append(office(a, f'replica{nth}', person, lambda text: text.replace('[storage]\n', shared)))
        begun = time.time()
        daemons = [subprocess.Popen([at.program, '--config', at.config, 'run'], stderr=open(os.path.join(at.folder, 'log'), 'w')) for at in offices]
        while offices[0].status()['by_state'].get(('outbound', 'sent'), 0) < count:
            if time.time() - begun > 300 or any(daemon.poll() is not None for daemon in daemons):
                sys.exit(f'not done: {offices[0].status()} ' + open(os.path.join(offices[0].folder, 'log')).read()[-2000:])
            time.sleep(0.2)
        wall = time.time() - begun
        for daemon in daemons:
            daemon.send_signal(signal.SIGTERM)
        used = 0.0
        for daemon in daemons:
            _, _, usage = os.wait4(daemon.pid, 0)
            daemon.returncode = 0
            used += usage.ru_utime + usage.ru_stime
        first = first or wall
        tell(f'{machines} replicas: {count} bills in {wall:.1f} s, {count / wall:.1f} a second ({first / wall:.2f} times one), CPU {used * 1e3 / count:.1f} ms a bill, load {os.getloadavg()[0]:.1f}')


def main():
    p = argparse.ArgumentParser()
    p.add_argument('part', choices=['fetch', 'send', 'queue', 'grow', 'arrive', 'replicas'])
    for name in ('program', 'doors', 'baseline', 'folder', 'postgres-bin'):
        p.add_argument('--' + name)
    for name in ('imaps-port', 'smtp-port', 'lmtp-port', 'postgres-port', 'rounds', 'mails'):
        p.add_argument('--' + name, type=int)
    p.add_argument('--kinds')
    p.add_argument('--sizes')
    a = p.parse_args()
    globals()[a.part](a)


main()
