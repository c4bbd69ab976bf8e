//! The commands, each with a function that returns the exit status.

mod captures;
mod checking;
pub mod explain;
pub mod key;
pub mod manual;
mod messages;
pub mod playground;
pub mod schemes;
pub mod send;
pub mod sign;
pub mod verify;

pub use messages::random_text;
