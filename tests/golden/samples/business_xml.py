"""Business XML that is no UBL or CII invoice: FatturaPA, also signed, an order and a remittance advice in UBL."""

from pathlib import Path
from xml.sax.saxutils import escape

from .cast import US, iban
from .einvoice import ubl_party

SELLER = "Macinatura Navigli S.r.l."
SELLER_IBAN = iban("IT", "X0542811101000000123456")
# Made once with openssl: cms -sign -outform DER -nodetach -binary -stream, then once more around it. A signature has a key and
# a date in it, so it cannot be made anew and be the same.
SIGNED = Path(__file__).with_name("signed-twice.p7m")


def body(kind, number, date, extra, lines, summary, payments, general=""):
    goods = "".join(f"""
      <DettaglioLinee>
        <NumeroLinea>{index}</NumeroLinea>
        <Descrizione>{escape(name)}</Descrizione>
        <Quantita>{quantity}</Quantita>
        <PrezzoUnitario>{price}</PrezzoUnitario>
        <PrezzoTotale>{net}</PrezzoTotale>
        <AliquotaIVA>{rate}</AliquotaIVA>
      </DettaglioLinee>""" for index, (name, quantity, price, net, rate) in enumerate(lines, 1))
    rows = "".join(f"""
      <DatiRiepilogo>
        <AliquotaIVA>{rate}</AliquotaIVA>
        <ImponibileImporto>{base}</ImponibileImporto>
        <Imposta>{tax}</Imposta>
      </DatiRiepilogo>""" for rate, base, tax in summary)
    paid = "".join(f"""
      <DettaglioPagamento>
        <ModalitaPagamento>MP05</ModalitaPagamento>
        <DataScadenzaPagamento>{due}</DataScadenzaPagamento>
        <ImportoPagamento>{amount}</ImportoPagamento>
        <IBAN>{SELLER_IBAN}</IBAN>
      </DettaglioPagamento>""" for due, amount in payments)
    return f"""
  <FatturaElettronicaBody>
    <DatiGenerali>
      <DatiGeneraliDocumento>
        <TipoDocumento>{kind}</TipoDocumento>
        <Divisa>EUR</Divisa>
        <Data>{date}</Data>
        <Numero>{number}</Numero>{extra}
      </DatiGeneraliDocumento>{general}
    </DatiGenerali>
    <DatiBeniServizi>{goods}{rows}
    </DatiBeniServizi>
    <DatiPagamento>
      <CondizioniPagamento>TP02</CondizioniPagamento>{paid}
    </DatiPagamento>
  </FatturaElettronicaBody>"""


def fattura(*bodies):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2" versione="FPR12">
  <FatturaElettronicaHeader>
    <CedentePrestatore>
      <DatiAnagrafici>
        <IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>09999999999</IdCodice></IdFiscaleIVA>
        <Anagrafica><Denominazione>{SELLER}</Denominazione></Anagrafica>
        <RegimeFiscale>RF01</RegimeFiscale>
      </DatiAnagrafici>
      <Sede><Indirizzo>Alzaia 4</Indirizzo><CAP>20144</CAP><Comune>Milano</Comune><Nazione>IT</Nazione></Sede>
    </CedentePrestatore>
    <CessionarioCommittente>
      <DatiAnagrafici>
        <IdFiscaleIVA><IdPaese>DE</IdPaese><IdCodice>{US.vat_id[2:]}</IdCodice></IdFiscaleIVA>
        <Anagrafica><Denominazione>{escape(US.name)}</Denominazione></Anagrafica>
      </DatiAnagrafici>
      <Sede><Indirizzo>{escape(US.street)}</Indirizzo><CAP>{US.postcode}</CAP><Comune>{US.city}</Comune><Nazione>DE</Nazione></Sede>
    </CessionarioCommittente>
  </FatturaElettronicaHeader>{"".join(bodies)}
</p:FatturaElettronica>
"""


def total(amount):
    return f"\n        <ImportoTotaleDocumento>{amount}</ImportoTotaleDocumento>"


REPAIR = [("Revisione macinacaffè", "1.00", "1000.00", "1000.00", "22.00")]
ORDERED = "\n      <DatiOrdineAcquisto><IdDocumento>PO-26-0411</IdDocumento></DatiOrdineAcquisto>"


def repair():
    """An invoice with withholding tax, paid in two parts."""
    withheld = "\n        <DatiRitenuta><TipoRitenuta>RT02</TipoRitenuta><ImportoRitenuta>200.00</ImportoRitenuta></DatiRitenuta>"
    return body("TD01", "26/318", "2026-11-16", withheld + total("1220.00"), REPAIR, [("22.00", "1000.00", "220.00")],
                [("2026-12-16", "520.00"), ("2027-01-16", "500.00")], ORDERED)


def correction():
    """A credit note about an invoice of the month before."""
    return body("TD04", "26/319", "2026-11-16", total("61.00"), [("Storno filtri", "1.00", "50.00", "50.00", "22.00")],
                [("22.00", "50.00", "11.00")], [("2026-12-16", "61.00")],
                "\n      <DatiFattureCollegate><IdDocumento>26/290</IdDocumento></DatiFattureCollegate>")


UBL = ('xmlns="urn:oasis:names:specification:ubl:schema:xsd:{0}-2" '
       'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
       'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"')


def order(supplier):
    """An order of ours, sent back to us with a confirmation mail."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Order {UBL.format("Order")}>
  <cbc:ID>PO-26-0420</cbc:ID>
  <cbc:IssueDate>2026-11-17</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:BuyerCustomerParty>{ubl_party(US)}</cac:BuyerCustomerParty>
  <cac:SellerSupplierParty>{ubl_party(supplier)}</cac:SellerSupplierParty>
  <cac:AnticipatedMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">360.00</cbc:LineExtensionAmount>
    <cbc:PayableAmount currencyID="EUR">428.40</cbc:PayableAmount>
  </cac:AnticipatedMonetaryTotal>
  <cac:OrderLine>
    <cac:LineItem>
      <cbc:ID>1</cbc:ID>
      <cbc:Quantity unitCode="H87">1200</cbc:Quantity>
      <cbc:LineExtensionAmount currencyID="EUR">360.00</cbc:LineExtensionAmount>
      <cac:Price><cbc:PriceAmount currencyID="EUR">0.30</cbc:PriceAmount></cac:Price>
      <cac:Item><cbc:Name>Faltschachtel 250 g</cbc:Name></cac:Item>
    </cac:LineItem>
  </cac:OrderLine>
</Order>
"""


def remittance(customer, paid, credited):
    """Invoices and a credit note in one payment."""
    lines = [("Invoice", "Debit", *one) for one in paid] + [("CreditNote", "Credit", *one) for one in credited]
    rows = "".join(f"""
  <cac:RemittanceAdviceLine>
    <cbc:ID>{index}</cbc:ID>
    <cbc:{side}LineAmount currencyID="EUR">{amount}</cbc:{side}LineAmount>
    <cac:BillingReference><cac:{kind}DocumentReference><cbc:ID>{number}</cbc:ID></cac:{kind}DocumentReference></cac:BillingReference>
  </cac:RemittanceAdviceLine>""" for index, (kind, side, number, amount) in enumerate(lines, 1))
    sum_paid = sum(amount for _, amount in paid) - sum(amount for _, amount in credited)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<RemittanceAdvice {UBL.format("RemittanceAdvice")}>
  <cbc:ID>ZL-47</cbc:ID>
  <cbc:IssueDate>2026-11-18</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:TotalPaymentAmount currencyID="EUR">{sum_paid}</cbc:TotalPaymentAmount>
  <cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>{escape(customer.name)}</cbc:Name></cac:PartyName></cac:Party></cac:AccountingCustomerParty>
  <cac:AccountingSupplierParty>{ubl_party(US)}</cac:AccountingSupplierParty>
  <cac:PaymentMeans>
    <cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>
    <cbc:PaymentDueDate>2026-11-19</cbc:PaymentDueDate>
    <cac:PayeeFinancialAccount><cbc:ID>{US.iban}</cbc:ID></cac:PayeeFinancialAccount>
  </cac:PaymentMeans>{rows}
</RemittanceAdvice>
"""


def enveloped(xml):
    """As Peppol sends it: the header of SBDH 1.3 in front."""
    name = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    body = xml.split("?>", 1)[1].lstrip()
    party = '<{0}><Identifier Authority="iso6523-actorid-upis">9930:{1}</Identifier></{0}>'
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<StandardBusinessDocument xmlns="{name}">\n<StandardBusinessDocumentHeader>'
            f'<HeaderVersion>1.0</HeaderVersion>{party.format("Sender", "de118903466")}{party.format("Receiver", "de318405278")}'
            f'</StandardBusinessDocumentHeader>\n{body}</StandardBusinessDocument>\n')
