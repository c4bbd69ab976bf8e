//! The pages: the inspector of `listen --ui`, and the playground.
//!
//! They are served on a loopback address. Whoever can open that address from another site,
//! by a name that resolves to it, gets nothing: `Host` must be the address or `localhost`,
//! and `Origin`, where there is one, the same. What shows a request or sends one needs the
//! token as well, which stands in the fragment of the printed URL: a browser sends that to
//! nobody.

mod files;
mod server;
mod store;

pub use server::{Ui, bind, serve_playground};
pub use store::{Outcome, Store, Summary};
