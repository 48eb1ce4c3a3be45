//! The page: three files, part of the program.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// `GET /`
pub(super) async fn html() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], include_str!("page/page.html"))
}

/// `GET /page.css`
pub(super) async fn css() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("page/page.css"))
}

/// `GET /page.js`
pub(super) async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("page/page.js"))
}
