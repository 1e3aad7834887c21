//! `inspect` says what the daemon would make of a file, in the keys and digits that are promised.

use crate::office::Office;

#[test]
fn an_amount_keeps_the_digits_of_its_currency() {
    let office = Office::new();
    let bill = include_str!("../golden/mail/standards/ubl-invoice.eml");
    office.write("bill.eml", bill);
    let ran = office.run(&["inspect", "--json", "bill.eml"]).ok();
    let net = &ran.object()["documents"][0]["fields"]["net_total"];
    let shown = net["value"].as_number().map(ToString::to_string);
    assert_eq!(shown.as_deref(), Some("16815.00"), "{net}");
}

