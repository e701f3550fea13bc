//! The files of the page, which are part of the program.

use super::http::Answer;

/// A file.
pub(super) fn file(path: &str) -> Option<Answer<'static>> {
    let (kind, body): (_, &[u8]) = match path {
        "/" => ("text/html; charset=utf-8", include_bytes!("page/index.html")),
        "/style.css" => ("text/css; charset=utf-8", include_bytes!("page/style.css")),
        "/view.js" => ("text/javascript; charset=utf-8", include_bytes!("page/view.js")),
        "/plots.js" => ("text/javascript; charset=utf-8", include_bytes!("page/plots.js")),
        _ => return None,
    };
    Some(Answer { status: "200 OK", kind, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_needs_nothing_but_its_files() {
        let page = file("/").unwrap();
        let text = std::str::from_utf8(page.body).unwrap();
        for (place, name) in text.match_indices("src=\"").chain(text.match_indices("href=\"")) {
            let target = text[place + name.len()..].split('"').next().unwrap();
            let known = target.starts_with('#') || target.starts_with("data:") || target == "/snapshot.json";
            assert!(known || file(target).is_some(), "{target}");
        }
        for path in ["/", "/style.css", "/view.js", "/plots.js"] {
            let text = String::from_utf8(file(path).unwrap().body.to_vec()).unwrap();
            assert!(!text.contains("http://") && !text.contains("https://"), "{path} names another host");
        }
    }
}
