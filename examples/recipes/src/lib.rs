//! The recipes of hookseal's documentation: one file for each framework.

pub mod actix;
pub mod axum;
pub mod hyper;
pub mod lambda_http;
pub mod poem;
pub mod rocket;
pub mod salvo;
pub mod tonic;
pub mod warp;
