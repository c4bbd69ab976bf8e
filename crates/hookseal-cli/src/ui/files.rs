//! The files of the pages, taken unchanged from the folder `page`.

/// A file and its content type.
pub struct File {
    pub name: &'static str,
    pub content_type: &'static str,
    pub content: &'static [u8],
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! file {
    ($name:literal, $content_type:expr) => {
        File {
            name: $name,
            content_type: $content_type,
            content: include_bytes!(concat!("../../page/", $name)),
        }
    };
}

const FILES: [File; 8] = [
    file!("inspector.html", HTML),
    file!("inspector.js", SCRIPT),
    file!("playground.html", HTML),
    file!("playground.js", SCRIPT),
    file!("view.js", SCRIPT),
    file!("style.css", STYLE),
    file!("wasi.js", SCRIPT),
    file!("module.js", SCRIPT),
];

/// Returns the file for a path, without its query.
pub fn at(path: &str, has_inspector: bool) -> Option<&'static File> {
    let name = match path {
        "/" if has_inspector => "inspector.html",
        "/" | "/playground/" => "playground.html",
        path => {
            let name = path.strip_prefix('/')?;
            name.strip_prefix("playground/").unwrap_or(name)
        }
    };
    let mut files = FILES.iter();
    files.find(|file| file.name == name && (has_inspector || !name.starts_with("inspector")))
}
