use super::*;

#[test]
fn blocks_become_lines_and_inline_markup_does_not() {
    let html = "<p>Dear <b>Ms</b> Smith,</p><div>please find\n  <span>attached</span></div>one<br>two<ul><li>a</li><li>b</li></ul>";
    assert_eq!(
        text(html, Quotes::Keep),
        "Dear Ms Smith,\n\nplease find attached\none\ntwo\n\na\nb"
    );
}

#[test]
fn what_a_reader_does_not_see_is_not_read() {
    let html = "<title>x</title><style>p{}</style><p>Pay 100</p><p style='display : none'>Pay 900</p><span hidden>h</span>\
        <div style='font-size:0px'>z</div><div style='max-height:0;overflow:hidden'>preview</div>\
        <!-- c --><script>s</script>to A\u{200b}cme";
    assert_eq!(text(html, Quotes::Keep), "Pay 100\n\nto Acme");
}

#[test]
fn quoted_mail_can_be_dropped() {
    let gmail = "<div>approve</div><div class='gmail_quote'>On Monday X wrote:<blockquote>reject</blockquote></div>";
    assert_eq!(text(gmail, Quotes::Drop), "approve");
    assert!(text(gmail, Quotes::Keep).contains("reject"));
    let outlook = "<p>approve</p><hr><div id=divRplyFwdMsg>From: X</div><div>reject</div>";
    assert_eq!(text(outlook, Quotes::Drop), "approve");
    let plain = "<p>approve</p><blockquote type=cite>reject</blockquote><p>Jane</p>";
    assert_eq!(text(plain, Quotes::Drop), "approve\n\nJane");
}

#[test]
fn cells_are_divided_and_preformatted_lines_kept() {
    let html = "<table><tr><th>Invoice</th><th>Amount</th></tr><tr><td>RE-1</td><td>119,00</td></tr></table><pre>a  b\nc</pre>";
    assert_eq!(
        text(html, Quotes::Keep),
        "Invoice\tAmount\nRE-1\t119,00\n\na  b\nc"
    );
}

#[test]
fn tables_are_rows_of_cells_and_layout_tables_are_not() {
    let html = "<table><tr><td>layout<table><tr><th>Invoice<th>Amount<tr><td> RE-1<br>x <td>119,00 </table></td></tr></table>";
    let expected = vec![vec![vec!["Invoice", "Amount"], vec!["RE-1 x", "119,00"]]];
    assert_eq!(tables(html), expected);
}

#[test]
fn entities_are_text() {
    assert_eq!(
        text("M&uuml;ller &amp; S&#246;hne&nbsp;AG", Quotes::Keep),
        "Müller & Söhne AG"
    );
}

#[test]
fn hostile_nesting_is_stripped_not_parsed() {
    let deep = "<div>".repeat(100_000) + "pay";
    assert_eq!(inspect(&deep), Shape::Hostile);
    assert_eq!(text(&deep, Quotes::Keep), "pay");
    let fonts = (0..150)
        .map(|n| format!("<font size={n}>"))
        .collect::<String>()
        + &"<p>x".repeat(200_000);
    assert!(inspect(&fonts) == Shape::Usual || text(&fonts, Quotes::Keep).contains('x'));
    assert!(tables(&deep).is_empty());
}

#[test]
fn a_body_above_the_limit_is_cut_at_a_character() {
    let long = "ü".repeat(MAX_BYTES);
    assert_eq!(text(&long, Quotes::Keep).len(), MAX_BYTES);
}

#[test]
fn markup_without_its_quotes_reads_as_text_that_drops_them() {
    let mails = [
        "<p>new</p><table><tr><td>1</td></tr></table><blockquote><table><tr><td>old</td></tr></table></blockquote><p>below</p>",
        "<div><p>new</p><div id=divRplyFwdMsg>From: x</div><table><tr><td>old</td></tr></table></div><p>old</p>",
        "<div hidden><div id=divRplyFwdMsg></div></div><p>new</p>",
        "<p>new &amp; whole &lt;b&gt;</p>",
    ];
    for mail in mails {
        let cut = without_quotes(mail).markup();
        assert_eq!(text(&cut, Quotes::Keep), text(mail, Quotes::Drop), "{cut}");
        assert!(!cut.contains("old"), "{cut}");
    }
    assert_eq!(tables(&without_quotes(mails[0]).markup()).len(), 1);
}
