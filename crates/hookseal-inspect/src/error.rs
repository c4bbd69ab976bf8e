//! The error of a command that cannot be carried out.

/// Wrong use, or input that cannot be read: a message that says what is wrong and what
/// to do. The exit status is 2.
#[derive(Debug)]
pub struct WrongUse(pub String);

/// The result of a fallible function of this crate.
pub type Result<T> = std::result::Result<T, WrongUse>;

/// Returns the error with this message.
pub fn wrong<T>(message: impl Into<String>) -> Result<T> {
    Err(WrongUse(message.into()))
}
