//! The pages: the inspector of `listen --ui`, and the playground.
//!
//! They are served on a loopback address. Another site whose name resolves to that address gets
//! nothing: `Host` must be the address or `localhost`, and so must `Origin`, if there is one.
//! Showing or sending a request also needs the token, which is in the fragment of the printed
//! URL: browsers do not send the fragment.

mod files;
mod server;
mod store;

pub use server::{Ui, bind, serve_playground};
pub use store::{Outcome, Store, Summary};
