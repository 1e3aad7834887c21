"""Who is in the sample office, and what they owe each other. Every name is invented, every domain ends in .example,
every check digit is right. Bank codes are made up; no bank answers to them."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount):
    """Rounds half up to the cent, as invoices do."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def mod97(text):
    return int("".join(str(int(c, 36)) for c in text)) % 97


def iban(country, bban):
    """Puts the ISO 7064 check digits in front."""
    return f"{country}{98 - mod97(bban + country + '00'):02d}{bban}"


def rf(reference):
    """A creditor reference (ISO 11649)."""
    return f"RF{98 - mod97(reference + 'RF00'):02d}{reference}"


def german_vat(eight):
    """Nine digits, the last one by ISO 7064 mod 11,10."""
    product = 10
    for digit in eight:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return f"DE{eight}{(11 - product) % 10}"


def irish_vat(seven):
    """Seven digits and the check letter of the new form with a trailing A."""
    total = sum(int(d) * w for d, w in zip(seven, range(8, 1, -1))) + 9 * 1
    return f"IE{seven}{'WABCDEFGHIJKLMNOPQRSTUV'[total % 23]}A"


def spaced(number):
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


@dataclass
class Party:
    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str
    iban: str
    bic: str
    domain: str
    mail: str
    phone: str
    person: str
    register: str = ""
    number: str = ""
    terms_days: int = 14
    approver: str = ""
    bank: str = ""


US = Party(
    "Morgenrot Kaffeerösterei GmbH", "Lotsenkamp 12", "20359", "Hamburg", "DE", german_vat("31840527"),
    iban("DE", "200994700061823900"), "MGRTDEH0XXX", "morgenrot.example", "ap@morgenrot.example", "+49 40 555 01-0",
    "Petra Vogt", "Amtsgericht Hamburg HRB 999 417", "", 0, "", "Speicherbank Hamburg",
)
AP, AR = "ap@morgenrot.example", "ar@morgenrot.example"
PETRA = ("Petra Vogt", "petra.vogt@morgenrot.example")
JONAS = ("Jonas Lindner", "jonas.lindner@morgenrot.example")
CARLA = ("Carla Brandt", "carla.brandt@morgenrot.example")
LENA = ("Lena Hoffmann", "lena.hoffmann@morgenrot.example")

ELBKARTON = Party(
    "Elbkarton Verpackungen GmbH", "Pappelweg 7", "21614", "Buxtehude", "DE", german_vat("26718834"),
    iban("DE", "200994100040215583"), "SPHHDEH1XXX", "elbkarton.example", "rechnung@elbkarton.example",
    "+49 4161 555 230", "Merle Stechmann", "Amtsgericht Tostedt HRB 998 206", "70001", 14, "", "Sparbank Unterelbe",
)
SANDTOR = Party(
    "Sandtor Rohkaffee Kontor GmbH & Co. KG", "Ankerhof 3", "20457", "Hamburg", "DE", german_vat("11890346"),
    iban("DE", "200994700072209414"), "MGRTDEH0XXX", "sandtor-rohkaffee.example", "fibu@sandtor-rohkaffee.example",
    "+49 40 555 77-0", "Hauke Detlefsen", "Amtsgericht Hamburg HRA 999 032", "70002", 30, "", "Speicherbank Hamburg",
)
BALLINROW = Party(
    "Ballinrow Barista Supplies Ltd", "Unit 4, Tannery Lane", "T12 X9Y4", "Cork", "IE", irish_vat("3648201"),
    iban("IE", "BRSL90017734125580"), "BRSLIE2DXXX", "ballinrow.example", "accounts@ballinrow.example",
    "+353 21 555 0144", "Aoife Brannigan", "Registered in Ireland no. 999218", "70003", 30, "", "Brosna Savings & Loan",
)
MAHLWERK = Party(
    "Mahlwerk Süd Maschinenservice GmbH", "Zahnradstraße 18", "86153", "Augsburg", "DE", german_vat("29004715"),
    iban("DE", "720993000015520087"), "LECHDEM1XXX", "mahlwerk-sued.example", "buchhaltung@mahlwerk-sued.example",
    "+49 821 555 690", "Tobias Kreitmayr", "Amtsgericht Augsburg HRB 998 771", "70004", 14, CARLA[1], "Lechbank Augsburg",
)
GEESTSTROM = Party(
    "Geeststrom Energie eG", "Windmühlenberg 1", "25746", "Heide", "DE", german_vat("24466109"),
    iban("DE", "218992000008114406"), "DITHDEH1XXX", "geeststrom.example", "abrechnung@geeststrom.example",
    "+49 481 555 8800", "Kundenservice", "Amtsgericht Pinneberg GnR 997", "70005", 14, "", "Marschenbank eG",
)
HARMSEN = Party(
    "Harmsen Spedition KG", "Containerstraße 22", "21129", "Hamburg", "DE", german_vat("11573920"),
    iban("DE", "200994100051936600"), "SPHHDEH1XXX", "harmsen-spedition.example", "faktura@harmsen-spedition.example",
    "+49 40 555 3410", "Sönke Harmsen", "Amtsgericht Hamburg HRA 999 588", "70006", 14, "", "Sparbank Unterelbe",
)
BRODERSEN = Party(
    "Tischlerei Brodersen", "Dorfstraße 41", "24975", "Husby", "DE", german_vat("28127760"),
    iban("DE", "217993500000473116"), "ANGLDEH1XXX", "tischlerei-brodersen.example", "info@tischlerei-brodersen.example",
    "+49 4634 555 12", "Jens Brodersen", "Inhaber Jens Brodersen, Tischlermeister", "70007", 14, "", "Angelner Bank",
)
# Not among our suppliers: the bill of mail 12 comes from nowhere.
PETERSEN = Party(
    "Dachdeckerei Petersen & Sohn", "Schieferstieg 9", "22765", "Hamburg", "DE", german_vat("30561177"),
    iban("DE", "200994100067740215"), "SPHHDEH1XXX", "dach-petersen.example", "buero@dach-petersen.example",
    "+49 40 555 9072", "Birte Petersen", "Handwerkskammer Hamburg 997 144", "", 14, "", "Sparbank Unterelbe",
)
SUPPLIERS = [ELBKARTON, SANDTOR, BALLINROW, MAHLWERK, GEESTSTROM, HARMSEN, BRODERSEN]
HARMSEN_NEW_IBAN = iban("LT", "9990001147205538")


@dataclass
class Line:
    text: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal

    @property
    def net(self):
        return cents(self.quantity * self.price)


def line(text, quantity, unit, price, rate="19"):
    return Line(text, Decimal(quantity), unit, Decimal(price), Decimal(rate))


@dataclass
class Bill:
    seller: Party
    number: str
    issued: str
    due: str
    lines: list
    order: str = ""
    delivered: str = ""
    note: str = ""
    refers_to: str = ""
    # Empty: the seller's usual account.
    iban: str = ""
    bic: str = ""
    bank: str = ""
    # Added to the stated gross only: the bill of mail 07 does not add up.
    slip: Decimal = Decimal(0)
    taxes: dict = field(default_factory=dict)

    def __post_init__(self):
        self.iban = self.iban or self.seller.iban
        self.bic, self.bank = self.bic or self.seller.bic, self.bank or self.seller.bank
        bases = {}
        for item in self.lines:
            bases[item.rate] = bases.get(item.rate, Decimal(0)) + item.net
        self.taxes = {rate: (base, cents(base * rate / 100)) for rate, base in sorted(bases.items(), reverse=True)}

    @property
    def net(self):
        return sum((item.net for item in self.lines), Decimal(0))

    @property
    def tax(self):
        return sum((tax for _, tax in self.taxes.values()), Decimal(0))

    @property
    def gross(self):
        return self.net + self.tax + self.slip


CARTONS = [
    line("Faltkarton 305 x 215 x 150 mm, 1-wellig", "1000", "Stk", "0.62"),
    line("Versandkarton 400 x 300 x 200 mm, 2-wellig", "400", "Stk", "0.80"),
    line("Papierklebeband 50 mm, braun", "20", "Rol", "3.00"),
]
B01 = Bill(ELBKARTON, "RE-2026-0815", "2026-11-17", "2026-12-01", CARTONS, "PO-26-0412", "2026-11-16")
B02 = Bill(
    MAHLWERK, "MS-260731", "2026-11-17", "2026-12-01",
    [
        line("Jahreswartung Trommelröster TR-60, inkl. Protokoll", "1", "psch", "1450.00"),
        line("Brennerdüse 4,5 mm, Messing", "2", "Stk", "118.50"),
        line("Anfahrt Hamburg", "1", "psch", "95.00"),
        line("Bedienhandbuch TR-60, gedruckt", "2", "Stk", "24.00", "7"),
    ],
    "PO-26-0398", "2026-11-12",
)
B03 = Bill(
    SANDTOR, "SR-26-2207", "2026-11-18", "2026-12-18",
    [
        line("Rohkaffee Äthiopien Guji, gewaschen, Ernte 2026", "1800", "KGM", "6.40", "7"),
        line("Rohkaffee Kolumbien Huila, Supremo", "900", "KGM", "5.75", "7"),
        line("Umschlag und Zustellung Speicher 3", "1", "C62", "120.00", "7"),
    ],
    "PO-26-0405", "2026-11-17",
)
B04A = Bill(
    BALLINROW, "BBS-10482", "2026-11-16", "2026-12-16",
    [
        line("Milk jug 600 ml, brushed steel", "24", "pcs", "38.50", "0"),
        line("Cleaning tablets, tub of 100", "10", "tubs", "12.40", "0"),
        line("Carriage Cork to Hamburg", "1", "lot", "36.00", "0"),
    ],
    "PO-26-0401", "2026-11-13",
)
B04B = Bill(
    BALLINROW, "BBS-10485", "2026-11-17", "2026-12-17",
    [
        line("Grinder burr set 64 mm, titanium coated", "6", "sets", "219.00", "0"),
        line("Carriage Cork to Hamburg", "1", "lot", "45.00", "0"),
    ],
    "PO-26-0407", "2026-11-16",
)
B05 = Bill(
    SANDTOR, "SR-26-2211", "2026-11-19", "2026-12-18",
    [line("Rohkaffee Äthiopien Guji, 1 Sack mit Feuchteschaden", "60", "KGM", "6.40", "7")],
    "PO-26-0405", "2026-11-17", refers_to="SR-26-2207",
)
B06 = Bill(ELBKARTON, "RE 2026/0815", "2026-11-17", "2026-12-01", CARTONS, "PO-26-0412", "2026-11-16")
B07 = Bill(
    BRODERSEN, "2026-188", "2026-11-16", "2026-11-30",
    [
        line("Ladentheke Eiche, Reparatur Arbeitsplatte", "12", "Std", "58.00"),
        line("Eichenleiste geölt, Zuschnitt", "6", "m", "24.00"),
    ],
    delivered="2026-11-13", slip=Decimal("1.00"),
)
B08 = Bill(
    GEESTSTROM, "GS-4471902-11", "2026-11-16", "2026-11-30",
    [
        line("Arbeitspreis Oktober 2026, Zähler 7 GST 004 118", "6412", "kWh", "0.2715"),
        line("Grundpreis Oktober 2026", "1", "Monat", "38.50"),
    ],
    delivered="2026-10-31",
)
B12 = Bill(
    PETERSEN, "26-0367", "2026-11-17", "2026-12-01",
    [
        line("Dachrinne reinigen und abdichten, Lagerhalle", "8", "Std", "64.00"),
        line("Material: Dichtband, Rinnenhalter", "1", "psch", "186.40"),
    ],
    delivered="2026-11-11",
)
B13 = Bill(
    HARMSEN, "F260988", "2026-11-18", "2026-12-02",
    [
        line("Palettenfracht Hamburg - Berlin, KW 46", "14", "Pal", "48.00"),
        line("Dieselzuschlag 8,5 %", "1", "psch", "57.12"),
    ],
    delivered="2026-11-13", iban=HARMSEN_NEW_IBAN, bic="KRNTLT21XXX", bank="Kranto Pay",
)
BILLS = [B01, B02, B03, B04A, B04B, B05, B06, B07, B08, B12, B13]


@dataclass
class Customer:
    number: str
    name: str
    vat_id: str
    mail: str
    language: str
    domain: str
    iban: str
    person: str


HAFENBLICK = Customer("20011", "Café Hafenblick GbR", german_vat("25733901"), "kontor@cafe-hafenblick.example", "de",
                      "cafe-hafenblick.example", iban("DE", "200994100033008172"), "Ines Rademann")
ALTONA = Customer("20014", "Kontorküche Altona GmbH", german_vat("31266480"), "kreditoren@kontorkueche.example", "de",
                  "kontorkueche.example", iban("DE", "200994700085516027"), "Mads Uhlenbrock")
SEESTERN = Customer("20019", "Hotel Seestern Betriebs GmbH", german_vat("27094418"), "rechnungswesen@hotel-seestern.example",
                    "de", "hotel-seestern.example", iban("DE", "218992000019920441"), "Wiebke Thoms")
BRINDLE = Customer("20023", "Brindle & Fox Coffee Bars Ltd", irish_vat("3190457"), "payables@brindlefox.example", "en",
                   "brindlefox.example", iban("IE", "BRSL90017700934416"), "Niamh Corrigan")
KETTLE = Customer("20026", "The Copper Kettle Company Ltd", irish_vat("3527716"), "office@copperkettle.example", "en",
                  "copperkettle.example", iban("IE", "BRSL90017751120873"), "Rory Maddigan")
WIECHMANN = Customer("20030", "Feinkost Wiechmann OHG", german_vat("13370952"), "buchhaltung@feinkost-wiechmann.example",
                     "de", "feinkost-wiechmann.example", iban("DE", "200994100029945531"), "Gesche Wiechmann")
CUSTOMERS = [HAFENBLICK, ALTONA, SEESTERN, BRINDLE, KETTLE, WIECHMANN]

# number, customer, issued, due, gross, disputed. On 2026-11-19 the reminder rungs -7 -3 0 +3 +7 +14 +30 are all touched.
INVOICES = [
    ("MR-2026-1031", WIECHMANN, "2026-10-06", "2026-10-20", "412.34", False),  # +30
    ("MR-2026-1038", WIECHMANN, "2026-10-29", "2026-11-12", "963.00", True),  # +7, but disputed: never reminded
    ("MR-2026-1040", KETTLE, "2026-10-22", "2026-11-05", "1284.00", False),  # +14
    ("MR-2026-1044", ALTONA, "2026-11-02", "2026-11-16", "2140.00", False),  # +3, paid on the first day
    ("MR-2026-1047", ALTONA, "2026-11-06", "2026-11-20", "856.00", False),  # paid with the one above
    ("MR-2026-1049", SEESTERN, "2026-11-08", "2026-11-22", "1070.00", False),  # -3, one mail with the next
    ("MR-2026-1050", SEESTERN, "2026-11-08", "2026-11-22", "321.00", False),
    ("MR-2026-1052", BRINDLE, "2026-10-29", "2026-11-12", "1819.00", False),  # +7, but claimed as paid
    ("MR-2026-1055", HAFENBLICK, "2026-11-12", "2026-11-26", "535.00", False),  # -7, then each rung to +7 on 2026-12-03
    ("MR-2026-1058", KETTLE, "2026-11-05", "2026-11-19", "749.00", False),  # 0, one mail with its older one
]
