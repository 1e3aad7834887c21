//! The doors to the world. They decide nothing. The first thirteen are the words all doors share; the doors themselves do not
//! know each other.

pub mod disposition;
pub mod clock;
pub mod limits;
pub mod cpu_time;
pub mod lock_in;
pub mod folder;
pub mod remote;
pub mod net;
pub mod failpoint;
pub mod fence;
pub mod http;
pub mod oauth;
pub mod login;
pub mod keys;
pub mod vault;
pub mod archive;
pub mod backup_mark;
pub mod moved_mark;
pub mod payment_folder;
pub mod replica_mark;
pub mod saved_file;
pub mod store;
pub mod imap;
pub mod maildir;
pub mod smtp;
pub mod reader;
pub mod recogniser;
pub mod dkim;
pub mod model;
pub mod monitor_door;
