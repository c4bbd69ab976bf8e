//! Aligned columns.

/// Returns the rows with each column but the last padded to its widest cell. A cell consists of
/// its text and what is printed for it, which may have colours.
pub fn aligned(rows: &[Vec<(String, String)>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (place, (text, _)) in row.iter().enumerate() {
            let width = text.chars().count();
            match widths.get_mut(place) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        for (place, (text, printed)) in row.iter().enumerate() {
            line += printed;
            if place + 1 < row.len() {
                let width = widths.get(place).copied().unwrap_or_default();
                let missing = width.saturating_sub(text.chars().count());
                line.extend(std::iter::repeat_n(' ', missing + 2));
            }
        }
        table += line.trim_end();
        table.push('\n');
    }
    table
}

/// Returns a cell without colours.
pub fn plain(text: impl Into<String>) -> (String, String) {
    let text = text.into();
    (text.clone(), text)
}
