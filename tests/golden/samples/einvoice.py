"""Bills as data: UBL 2.1 and UN/CEFACT CII D16B after EN 16931, and the PDF that carries its own XML (Factur-X)."""

import io
from xml.sax.saxutils import escape

import pikepdf
from PIL import ImageCms

from .cast import US

XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
# Units as UN/ECE Recommendation 20 writes them.
UNITS = {"psch": "LS", "Stk": "H87", "Rol": "RO", "Std": "HUR", "Pal": "PX", "m": "MTR"}


def unit(item):
    return UNITS.get(item.unit, item.unit)


def category(rate):
    return "S" if rate else "AE"


def ubl_party(party, extra=""):
    return f"""<cac:Party>
      <cbc:EndpointID schemeID="EM">{party.mail}</cbc:EndpointID>
      <cac:PartyName><cbc:Name>{escape(party.name)}</cbc:Name></cac:PartyName>
      <cac:PostalAddress>
        <cbc:StreetName>{escape(party.street)}</cbc:StreetName>
        <cbc:CityName>{party.city}</cbc:CityName>
        <cbc:PostalZone>{party.postcode}</cbc:PostalZone>
        <cac:Country><cbc:IdentificationCode>{party.country}</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>
      <cac:PartyTaxScheme>
        <cbc:CompanyID>{party.vat_id}</cbc:CompanyID>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:PartyTaxScheme>
      <cac:PartyLegalEntity><cbc:RegistrationName>{escape(party.name)}</cbc:RegistrationName></cac:PartyLegalEntity>
      <cac:Contact>
        <cbc:Name>{party.person}</cbc:Name>
        <cbc:Telephone>{party.phone}</cbc:Telephone>
        <cbc:ElectronicMail>{party.mail}</cbc:ElectronicMail>
      </cac:Contact>
    </cac:Party>"""


def ubl(bill, buyer=US, doctype=""):
    """An Invoice, or a CreditNote when the bill refers to an earlier one."""
    credit = bool(bill.refers_to)
    root = "CreditNote" if credit else "Invoice"
    tag, quantity = ("CreditNoteLine", "CreditedQuantity") if credit else ("InvoiceLine", "InvoicedQuantity")
    kind = "<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>" if credit else "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"
    due = "" if credit else f"\n  <cbc:DueDate>{bill.due}</cbc:DueDate>"
    refers = "" if not credit else f"""
  <cac:BillingReference>
    <cac:InvoiceDocumentReference><cbc:ID>{bill.refers_to}</cbc:ID></cac:InvoiceDocumentReference>
  </cac:BillingReference>"""
    note = f"\n  <cbc:Note>{escape(bill.note)}</cbc:Note>" if bill.note else ""
    subtotals = "".join(f"""
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">{base}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID>{category(rate)}</cbc:ID>
        <cbc:Percent>{rate}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>""" for rate, (base, tax) in bill.taxes.items())
    lines = "".join(f"""
  <cac:{tag}>
    <cbc:ID>{number}</cbc:ID>
    <cbc:{quantity} unitCode="{unit(item)}">{item.quantity}</cbc:{quantity}>
    <cbc:LineExtensionAmount currencyID="EUR">{item.net}</cbc:LineExtensionAmount>
    <cac:Item>
      <cbc:Name>{escape(item.text)}</cbc:Name>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>{category(item.rate)}</cbc:ID>
        <cbc:Percent>{item.rate}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">{item.price}</cbc:PriceAmount></cac:Price>
  </cac:{tag}>""" for number, item in enumerate(bill.lines, 1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{doctype}<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>{XRECHNUNG}</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>{escape(bill.number)}</cbc:ID>
  <cbc:IssueDate>{bill.issued}</cbc:IssueDate>{due}
  {kind}{note}
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>Kreditorenbuchhaltung</cbc:BuyerReference>
  <cac:OrderReference><cbc:ID>{bill.order}</cbc:ID></cac:OrderReference>{refers}
  <cac:AccountingSupplierParty>
    {ubl_party(bill.seller)}
  </cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>
    {ubl_party(buyer)}
  </cac:AccountingCustomerParty>
  <cac:Delivery><cbc:ActualDeliveryDate>{bill.delivered}</cbc:ActualDeliveryDate></cac:Delivery>
  <cac:PaymentMeans>
    <cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>
    <cbc:PaymentID>{escape(bill.number)}</cbc:PaymentID>
    <cac:PayeeFinancialAccount>
      <cbc:ID>{bill.iban}</cbc:ID>
      <cbc:Name>{escape(bill.seller.name)}</cbc:Name>
      <cac:FinancialInstitutionBranch><cbc:ID>{bill.bic}</cbc:ID></cac:FinancialInstitutionBranch>
    </cac:PayeeFinancialAccount>
  </cac:PaymentMeans>
  <cac:PaymentTerms><cbc:Note>Zahlbar innerhalb von {bill.seller.terms_days} Tagen ohne Abzug</cbc:Note></cac:PaymentTerms>
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="EUR">{bill.tax}</cbc:TaxAmount>{subtotals}
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">{bill.net}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">{bill.net}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">{bill.gross}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">{bill.gross}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>{lines}
</{root}>
"""


def cii_date(iso):
    return f'<udt:DateTimeString format="102">{iso.replace("-", "")}</udt:DateTimeString>'


def cii_party(party):
    return f"""<ram:Name>{escape(party.name)}</ram:Name>
        <ram:PostalTradeAddress>
          <ram:PostcodeCode>{party.postcode}</ram:PostcodeCode>
          <ram:LineOne>{escape(party.street)}</ram:LineOne>
          <ram:CityName>{party.city}</ram:CityName>
          <ram:CountryID>{party.country}</ram:CountryID>
        </ram:PostalTradeAddress>
        <ram:URIUniversalCommunication><ram:URIID schemeID="EM">{party.mail}</ram:URIID></ram:URIUniversalCommunication>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{party.vat_id}</ram:ID></ram:SpecifiedTaxRegistration>"""


def cii(bill):
    lines = "".join(f"""
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>{escape(item.text)}</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement>
        <ram:NetPriceProductTradePrice><ram:ChargeAmount>{item.price}</ram:ChargeAmount></ram:NetPriceProductTradePrice>
      </ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="{unit(item)}">{item.quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax>
          <ram:TypeCode>VAT</ram:TypeCode>
          <ram:CategoryCode>{category(item.rate)}</ram:CategoryCode>
          <ram:RateApplicablePercent>{item.rate}</ram:RateApplicablePercent>
        </ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{item.net}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>""" for number, item in enumerate(bill.lines, 1))
    taxes = "".join(f"""
      <ram:ApplicableTradeTax>
        <ram:CalculatedAmount>{tax}</ram:CalculatedAmount>
        <ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>{base}</ram:BasisAmount>
        <ram:CategoryCode>{category(rate)}</ram:CategoryCode>
        <ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent>
      </ram:ApplicableTradeTax>""" for rate, (base, tax) in bill.taxes.items())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>{escape(bill.number)}</ram:ID>
    <ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime>{cii_date(bill.issued)}</ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>{lines}
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty>
        {cii_party(bill.seller)}
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty>
        {cii_party(US)}
      </ram:BuyerTradeParty>
      <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>{bill.order}</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery>
      <ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>{cii_date(bill.delivered)}</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>
    </ram:ApplicableHeaderTradeDelivery>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:PaymentReference>{escape(bill.number)}</ram:PaymentReference>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementPaymentMeans>
        <ram:TypeCode>58</ram:TypeCode>
        <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{bill.iban}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
        <ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>{bill.bic}</ram:BICID></ram:PayeeSpecifiedCreditorFinancialInstitution>
      </ram:SpecifiedTradeSettlementPaymentMeans>{taxes}
      <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>{cii_date(bill.due)}</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>{bill.net}</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>{bill.net}</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">{bill.tax}</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{bill.gross}</ram:GrandTotalAmount>
        <ram:DuePayableAmount>{bill.gross}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""


XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
PROPERTY = ('<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{0}</pdfaProperty:name><pdfaProperty:valueType>Text'
            "</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
            "<pdfaProperty:description>{0} of the embedded invoice</pdfaProperty:description></rdf:li>")


def factur_x(page, xml):
    """Puts the XML inside the PDF as Factur-X 1.0 asks: named in the tree of embedded files and in the catalogue's /AF."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        stream = pdf.make_stream(xml.encode())
        stream.Type, stream.Subtype = pikepdf.Name.EmbeddedFile, pikepdf.Name("/text/xml")
        stream.Params = pikepdf.Dictionary(ModDate=pikepdf.String("D:20261117101500+01'00'"), Size=len(xml.encode()))
        spec = pdf.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, F="factur-x.xml", UF="factur-x.xml", Desc="Factur-X Rechnungsdaten",
            AFRelationship=pikepdf.Name.Alternative, EF=pikepdf.Dictionary(F=stream, UF=stream),
        ))
        pdf.Root.AF = pikepdf.Array([spec])
        pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("factur-x.xml"), spec])))
        names = "".join(PROPERTY.format(n) for n in ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel"))
        metadata = pdf.make_stream(XMP.replace("{properties}", names).encode())
        metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.Root.Metadata = metadata
        profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        # Bytes 24..36 of an ICC header are the moment it was made, 84..100 an id of its own: neither may change.
        profile[24:36], profile[84:100] = bytes(12), bytes(16)
        icc = pdf.make_stream(bytes(profile))
        icc.N = 3
        pdf.Root.OutputIntents = pikepdf.Array([pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1, OutputConditionIdentifier="sRGB", DestOutputProfile=icc)])
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, linearize=False)
        return out.getvalue()


def carrying(page, files):
    """A PDF with other files inside it, in the tree of embedded files."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        names = pikepdf.Array([])
        for name, data in files:
            stream = pdf.make_stream(data)
            stream.Type = pikepdf.Name.EmbeddedFile
            names.append(pikepdf.String(name))
            names.append(pdf.make_indirect(pikepdf.Dictionary(
                Type=pikepdf.Name.Filespec, F=name, UF=name, EF=pikepdf.Dictionary(F=stream, UF=stream))))
        pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, linearize=False)
        return out.getvalue()


def locked(page, password):
    """A PDF that opens only with a password. The old cipher, because the new one salts with chance."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        out = io.BytesIO()
        pdf.save(out, static_id=True, encryption=pikepdf.Encryption(user=password, owner=password, R=3, aes=False, metadata=False))
        return out.getvalue()
