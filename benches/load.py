#!/usr/bin/env python3
"""Hours of load on the real program, as a daemon between Dovecot and Postfix: does its memory stay flat, does its queue stay short?

The rate. A company with half a million bills a year is a busy one: 2,000 in each of 250 working days, 250 an hour of an
eight-hour day. Its customers send a quarter as many remittance advices. Ten times that is 2,500 bills and 625 advices an hour.
Every bill is approved by a person's answer, so the mailbox of payables gets twice as many mails as there are bills; every five
minutes the bank tells of the money that was announced. A fifth of
the mails of every ten minutes come in one go, as payment runs and billing runs send them; the others come when they come.

Every ten seconds the daemon's own metrics are read, and what the kernel says of its memory and that of its children.
"""
import argparse, collections, csv, email, email.policy, io, os, random, re, signal, smtplib, socket, statistics, subprocess, sys, threading, time
import urllib.request

import bench

SAMPLE_EVERY = 10
RUNS_EVERY = 600      # seconds between two billing runs
SHARE_IN_A_RUN = 0.2
BANK_EVERY = 300
SUPPLIERS = ('Nordwind GmbH', 'Acme Supplies Ltd', 'Dupont & Fils SARL', 'Rossi Srl', 'Blue Harbor LLC')
CUSTOMERS = 40
ACCOUNT = 'DE25200994700085516027'

MORE = '''
[[mailbox]]
name = "ar"
side = "ar"
address = "ar@fin.test"
host = "localhost"
port = {imaps_port}
security = "tls"
user = "ar@fin.test"
password_env = "MAIL_PASSWORD"
ca_file = "{ca}"
poll_seconds = 60
flag = "$Countinghouse"

[monitor]
listen = "127.0.0.1:{monitor_port}"
'''

HEAD = '''Authentication-Results: mx.fin.test; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}
Received: from mail.{domain} (mail.{domain} [192.0.2.7]) by mx.fin.test (Postfix) with ESMTPS id 4BCD for <{to}>; {date}
From: {sender}
To: {to}
Subject: {subject}
Date: {date}
Message-ID: <{message_id}@{domain}>
'''


def head(sender, to, subject, message_id):
    domain = sender.rsplit('@', 1)[1].rstrip('>')
    return HEAD.format(sender=sender, to=to, subject=subject, message_id=message_id, domain=domain, date=email.utils.formatdate())


def bill(number, chance):
    """A bill of one page, as a PDF in a mail."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen import canvas
    supplier, file = chance.choice(SUPPLIERS), io.BytesIO()
    page, y = canvas.Canvas(file, pagesize=A4, pageCompression=1), 700
    page.setFont('Helvetica-Bold', 16)
    page.drawString(50, 800, supplier)
    page.setFont('Helvetica', 10)
    page.drawString(50, 780, 'Bill to: Example GmbH, Lagerstr. 4, 20095 Hamburg')
    for text in (f'Invoice number: {number}', time.strftime('Invoice date: %Y-%m-%d', time.gmtime(time.time() - 86400)), 'IBAN: DE89 3704 0044 0532 0130 00'):
        y -= 15
        page.drawString(50, y, text)
    net = 0
    y -= 20
    for line in range(chance.randint(3, 20)):
        count, price = chance.randint(1, 20), chance.randint(100, 50000)
        net += count * price
        y -= 15
        page.drawString(50, y, f'{line + 1:02}  Item {chance.choice(("Widget", "Bracket", "Freight", "License", "Cable"))} {chance.randint(1, 999)}')
        for x, text in ((380, str(count)), (460, f'{price / 100:.2f}'), (540, f'{count * price / 100:.2f}')):
            page.drawRightString(x, y, text)
    tax = net * 19 // 100
    for label, cents in (('Net:', net), ('VAT 19%:', tax), ('Total EUR:', net + tax)):
        y -= 15
        page.drawRightString(460, y, label)
        page.drawRightString(540, y, f'{cents / 100:,.2f}')
    page.save()
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail.set_content(f'Dear customer,\n\nplease find attached our invoice {number}.\n\nKind regards\n{supplier}\n')
    mail.add_attachment(file.getvalue(), maintype='application', subtype='pdf', filename=f'{number}.pdf')
    start = head(f'"{supplier}" <supplier@ext.test>', 'ap@fin.test', f'Invoice {number}', number)
    return start.encode() + mail.as_bytes()


def advice(number, invoices):
    """What a customer says it pays."""
    rows = '\n'.join(f'{invoice:<18}{amount / 100:>12.2f}' for invoice, amount in invoices)
    total = sum(amount for _, amount in invoices) / 100
    customer = customer_of(invoices[0][0])
    start = head(f'Accounts payable <payables@{domain_of(customer)}>', 'ar@fin.test', f'Remittance advice PA-{number}', f'pa-{number}')
    day = time.strftime('%Y-%m-%d')
    return (f'{start}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nDear supplier,\n\nwe pay on {day} by bank transfer:\n\n'
            f'Invoice               Amount EUR\n{rows}\nTotal             {total:>12.2f}\n\nCustomer {customer} Trading Ltd\n').encode()


def answer(request, nth):
    """What the approver's program sends."""
    to = email.utils.parseaddr(str(request['reply-to'] or request['from']))[1]
    text = request.get_body(('plain',)).get_content()
    quoted = ''.join(f'> {line}\n' for line in text.splitlines())
    start = head('Approver One <approver1@fin.test>', to, f'Re: {str(request["subject"])}', f'answer-{nth}')
    return to, (f'{start}In-Reply-To: {request["message-id"]}\nReferences: {request["message-id"]}\nMIME-Version: 1.0\n'
                f'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nAPPROVED\n\nOn {request["date"]}, Example GmbH wrote:\n{quoted}').encode()


def customer_of(invoice):
    return 20000 + int(invoice[-5:]) % CUSTOMERS


def domain_of(customer):
    return f'customer{customer}.test'


class Mailman:
    """Brings mail to the server, over one connection that is opened again when it ends."""

    def __init__(self, port):
        self.port, self.open = port, None

    def bring(self, to, mail):
        mail = re.sub(rb'\r?\n', b'\r\n', mail)
        for _ in range(2):
            try:
                self.open = self.open or smtplib.LMTP('localhost', self.port)
                return self.open.sendmail('sender@ext.test', [to], mail)
            except smtplib.SMTPServerDisconnected:
                self.open = None
        sys.exit('the mail server takes no mail')


class Load:
    def __init__(self, a):
        self.a, self.chance, self.stop = a, random.Random(11), threading.Event()
        self.brought, self.asked_after, self.answers, self.paid, self.entries = {}, [], 0, [], 0
        self.counts = collections.Counter()
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self.monitor_port = free.getsockname()[1]
        self.office = bench.Office(a, 'hour', 'ap@fin.test', change=self.configure)
        self.invoices = self.import_invoices()

    def configure(self, text):
        ca = os.path.join(self.a.folder, 'tls/ca.pem')
        text = text.replace('approver1@sink.test', 'approver1@fin.test')
        text = text.replace('[outgoing]\n', '[outgoing]\nmax_a_day = 1000000\nmax_in_ten_minutes = 100000\n')
        text = text.replace('[authenticity]\n', '[authenticity]\nresults_below_received = true\n')
        return text + MORE.format(imaps_port=self.a.imaps_port, ca=ca, monitor_port=self.monitor_port)

    def import_invoices(self):
        """What customers owe: enough for every advice of the time, and a tenth more."""
        customers = ''.join(f'{n},Customer {n} Trading Ltd,,ar@{domain_of(n)},en,{domain_of(n)},\n' for n in range(20000, 20000 + CUSTOMERS))
        count = int(self.a.advices_an_hour * self.a.minutes / 60 * 2 * 1.1) + CUSTOMERS
        invoices = [(f'EX-2026-{n:05}', self.chance.randint(5000, 900000)) for n in range(count)]
        rows = ''.join(f'{number},{customer_of(number)},2026-11-02,2027-02-16,EUR,{cents / 100:.2f},,no\n' for number, cents in invoices)
        for kind, text in (('customers', 'number,name,vat_id,mail,language,domains,ibans\n' + customers),
                           ('invoices', 'number,customer,issue_date,due_date,currency,gross_total,payment_reference,disputed\n' + rows)):
            path = os.path.join(self.office.folder, f'{kind}.csv')
            with open(path, 'w') as file:
                file.write(text)
            self.office.ask('import', kind, path)
        by_customer = collections.defaultdict(list)
        for number, cents in invoices:
            by_customer[customer_of(number)].append((number, cents))
        return by_customer

    def plan(self):
        """When which mail comes: seconds from the beginning, in order."""
        times = []
        for kind, rate in (('bill', self.a.bills_an_hour), ('advice', self.a.advices_an_hour)):
            for begin in range(0, self.a.minutes * 60, RUNS_EVERY):
                count = round(rate * RUNS_EVERY / 3600)
                together = round(count * SHARE_IN_A_RUN)
                times += [(begin + 0.0, kind)] * together
                times += [(begin + self.chance.random() * RUNS_EVERY, kind) for _ in range(count - together)]
        return sorted((at, kind) for at, kind in times if at < self.a.minutes * 60)

    def feed(self, began):
        mailman, payers = Mailman(self.a.lmtp_port), list(self.invoices)
        for nth, (at, kind) in enumerate(self.plan()):
            if self.stop.wait(max(0, began + at - time.time())):
                return
            if kind == 'bill':
                number = f'INV-2026-{nth:06}'
                mail = bill(number, self.chance)
                self.brought[number] = time.time()
                mailman.bring('ap@fin.test', mail)
            else:
                payer = self.chance.choice([p for p in payers if self.invoices[p]])
                mine = self.invoices[payer]
                paid = [mine.pop() for _ in range(min(len(mine), self.chance.randint(1, 2)))]
                mailman.bring('ar@fin.test', advice(nth, paid))
                self.paid.append(paid)
            self.counts[kind] += 1

    def approve(self):
        """The approver reads every request and says yes."""
        mailman = Mailman(self.a.lmtp_port)
        folder = os.path.join(self.a.folder, 'mail/fin.test/approver1/Maildir/new')
        while not self.stop.wait(0.5):
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
                path = os.path.join(folder, name)
                came = os.stat(path).st_mtime
                with open(path, 'rb') as file:
                    mail = email.message_from_binary_file(file, policy=email.policy.default)
                os.remove(path)
                if not str(mail['message-id']).startswith('<approval.'):
                    continue
                number = re.search(r'INV-2026-\d{6}', str(mail['subject']) + mail.get_body(('plain',)).get_content())
                if number and number.group() in self.brought:
                    self.asked_after.append(came - self.brought[number.group()])
                to, text = answer(mail, self.answers)
                mailman.bring(to, text)
                self.answers += 1
                self.counts['answer'] += 1

    def pay(self):
        """Every five minutes the bank tells what came meanwhile."""
        while not self.stop.wait(BANK_EVERY):
            self.import_statement()

    def import_statement(self):
        paid, self.paid = self.paid, []
        path = os.path.join(self.office.folder, 'bank-statement.csv')
        with open(path, 'w') as file:
            file.write('entry_id,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,remittance_information\n')
            for invoices in paid:
                self.entries += 1
                amount, day = sum(cents for _, cents in invoices) / 100, time.strftime('%Y-%m-%d')
                file.write(f'E-{self.entries},{day},{day},{amount:.2f},EUR,Customer {customer_of(invoices[0][0])} Trading Ltd,{ACCOUNT},'
                           f'{" ".join(number for number, _ in invoices)}\n')
        self.office.ask('import', 'bank-statement', path)

    def metrics(self):
        with urllib.request.urlopen(f'http://127.0.0.1:{self.monitor_port}/metrics', timeout=60) as page:
            text = page.read().decode()
        found = {}
        for line in text.splitlines():
            if not line.startswith('#') and ' ' in line:
                name, value = line.rsplit(' ', 1)
                found[name] = float(value)
        return found

    def sample(self, pid, began):
        page, now = self.metrics(), time.time() - began
        job = lambda state: int(page.get(f'countinghouse_jobs{{state="{state}"}}', 0))
        things = lambda kind, state: int(page.get(f'countinghouse_things{{kind="{kind}",state="{state}"}}', 0))
        kids = []
        for task in os.listdir(f'/proc/{pid}/task'):
            with open(f'/proc/{pid}/task/{task}/children') as file:
                kids += file.read().split()
        with open(f'/proc/{pid}/stat') as file:
            ticks = file.read().rsplit(')', 1)[1].split()
        return {
            'seconds': round(now), 'rss_kib': resident(pid), 'readers_kib': sum(resident(kid) for kid in kids), 'readers': len(kids),
            'ready': job('ready'), 'running': job('running'), 'later': job('later'), 'parked': job('parked'),
            'oldest_seconds': int(page['countinghouse_oldest_job_seconds']),
            'exceptions': int(page['countinghouse_exceptions{which="open"}']), 'filed': things('message', 'filed'),
            'sent': things('outbound', 'sent'), 'scheduled': things('bill', 'scheduled') + things('bill', 'approved'),
            'brought': sum(self.counts.values()), 'cpu_seconds': round(sum(map(int, ticks[11:15])) / 100, 1),
            'load': os.getloadavg()[0],
        }

    def run(self):
        log = open(os.path.join(self.office.folder, 'log'), 'w')
        daemon = subprocess.Popen([self.office.program, '--config', self.office.config, 'run'], stderr=log)
        while True:
            try:
                self.metrics()
                break
            except OSError:
                if daemon.poll() is not None:
                    sys.exit('the daemon ended: ' + open(log.name).read()[-2000:])
                time.sleep(0.2)
        began, samples = time.time(), []
        threads = [threading.Thread(target=self.feed, args=(began,)), threading.Thread(target=self.approve),
                   threading.Thread(target=self.pay)]
        for thread in threads:
            thread.start()
        with open(self.a.samples, 'w', newline='') as file:
            rows = None
            while time.time() - began < self.a.minutes * 60:
                time.sleep(max(0, began + len(samples) * SAMPLE_EVERY - time.time()))
                samples.append(self.sample(daemon.pid, began))
                if not rows:
                    rows = csv.DictWriter(file, samples[0])
                    rows.writeheader()
                rows.writerow(samples[-1])
                file.flush()
        threads[0].join()
        self.import_statement()
        drained = self.drain(daemon.pid, began)
        self.stop.set()
        for thread in threads[1:]:
            thread.join()
        self.waiting = self.office.ask('exceptions', 'list')
        things = [(name, count) for name, count in self.metrics().items() if name.startswith('countinghouse_things')]
        os.kill(daemon.pid, signal.SIGTERM)
        daemon.wait(60)
        self.report(samples, drained)
        for item in self.waiting:
            print('waits for a person:', item.get('code'), item.get('reason'))
        print('at the end:', ', '.join(f'{count:.0f} {" ".join(re.findall(chr(34) + "(.*?)" + chr(34), name))}' for name, count in things))

    def drain(self, pid, began, limit=300):
        """What came last is done, too."""
        since = time.time()
        while time.time() - since < limit:
            now = self.sample(pid, began)
            if now['filed'] >= now['brought'] and now['ready'] + now['running'] == 0:
                break
            time.sleep(1)
        return {**now, 'seconds': round(time.time() - since)}

    def report(self, samples, last):
        print(f'{self.a.minutes} minutes: {dict(self.counts)} brought; at the end, {last["seconds"]} s after the last: '
              f'filed {last["filed"]} of {last["brought"]}, sent {last["sent"]}, bills approved {last["scheduled"]}, '
              f'open exceptions {last["exceptions"]}, parked {last["parked"]}')
        print(f'CPU of the daemon and its ended children: {last["cpu_seconds"]} s, {last["cpu_seconds"] * 1e3 / last["brought"]:.1f} ms a mail')
        waited = sorted(self.asked_after)
        if waited:
            print(f'from delivery to the request in the approver\'s mailbox: median {statistics.median(waited):.2f} s, '
                  f'p95 {waited[len(waited) * 95 // 100]:.2f} s, longest {waited[-1]:.2f} s')
        print('quarter  rss MiB: median  most   readers MiB   ready: median  most   oldest s: most   load')
        for quarter in range(4):
            some = samples[len(samples) * quarter // 4:len(samples) * (quarter + 1) // 4]
            of = lambda name: [sample[name] for sample in some]
            print(f'{quarter + 1:>7}  {statistics.median(of("rss_kib")) / 1024:15.1f} {max(of("rss_kib")) / 1024:5.1f}   '
                  f'{statistics.median(of("readers_kib")) / 1024:11.1f}   {statistics.median(of("ready")):13.0f} {max(of("ready")):5}   '
                  f'{max(of("oldest_seconds")):14}   {statistics.median(of("load")):.1f}')
        later = [sample for sample in samples if sample['seconds'] >= self.a.minutes * 15]  # the first quarter fills caches
        for name, unit, scale in (('rss_kib', 'MiB', 1024), ('ready', 'jobs', 1)):
            slope = statistics.linear_regression([s['seconds'] / 3600 for s in later], [s[name] / scale for s in later]).slope
            print(f'slope of {name} over the last three quarters: {slope:+.2f} {unit} an hour')


def resident(pid):
    try:
        with open(f'/proc/{pid}/status') as file:
            return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1))
    except (FileNotFoundError, ProcessLookupError, AttributeError):
        return 0


def main():
    p = argparse.ArgumentParser()
    for name in ('program', 'folder', 'samples'):
        p.add_argument('--' + name, required=True)
    for name in ('imaps-port', 'smtp-port', 'lmtp-port'):
        p.add_argument('--' + name, type=int, required=True)
    p.add_argument('--minutes', type=int, default=60)
    p.add_argument('--bills-an-hour', type=int, default=2500)
    p.add_argument('--advices-an-hour', type=int, default=625)
    Load(p.parse_args()).run()


if __name__ == '__main__':
    main()
