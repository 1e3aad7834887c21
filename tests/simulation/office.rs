//! Bills and mails as the stories on real servers write them.

#[expect(dead_code, reason = "shared: the stories need more of it")]
#[path = "../scenarios/office/bills.rs"]
pub mod bills;
#[expect(dead_code, reason = "shared: the stories need more of it")]
#[path = "../scenarios/office/mails.rs"]
pub mod mails;
