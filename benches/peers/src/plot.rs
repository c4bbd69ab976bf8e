//! Draws results as SVG: lines over two logarithmic axes, each with its name at the end.
//!
//! The colours are classes of a style sheet inside the picture, so that one file fits the
//! reader's light or dark mode. Plotting crates write the colour into each line.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

const WIDTH: f64 = 700.0;
const HEIGHT: f64 = 404.0;
/// Where the lines are inside the picture. The rest is for ticks and names.
const ACROSS: Range<f64> = 58.0..514.0;
const DOWN: Range<f64> = 80.0..338.0;

const STYLE: &str = "\
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #57606a; }
.title { font-size: 15px; font-weight: 600; fill: #1f2328; }
.paper { fill: #ffffff; }
.grid { stroke: #d8dee4; }
.line { fill: none; stroke: currentColor; stroke-width: 2; }
.point, .name { fill: currentColor; }
.line0 .line { stroke-width: 3; }
.line0 .name { font-weight: 600; }
.line0 { color: #0a5fb4; } .line1 { color: #a84600; } .line2 { color: #00704f; } .line3 { color: #943f73; }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1; }
.title { fill: #f0f6fc; }
.paper { fill: #0d1117; }
.grid { stroke: #30363d; }
.line0 { color: #58a6ff; } .line1 { color: #ffa657; } .line2 { color: #56d4a0; } .line3 { color: #e29bc6; }
}
";

/// A picture without its points, which are in the file of the same name.
pub struct Plot {
    pub name: &'static str,
    pub title: &'static str,
    pub x_axis: &'static str,
    pub y_axis: &'static str,
    pub x_ticks: &'static [(f64, &'static str)],
    pub y_ticks: &'static [(f64, &'static str)],
}

/// A line's name and one of its points.
pub type Point = (String, f64, f64);

struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

impl Line {
    fn end(&self) -> (f64, f64) {
        self.points[self.points.len() - 1]
    }
}

impl Plot {
    fn path(&self, extension: &str) -> PathBuf {
        let benches = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        PathBuf::from(benches).join(format!("{}.{extension}", self.name))
    }

    pub fn write_points(&self, points: &[Point]) {
        let mut text = String::from("line,x,y\n");
        for (line, x, y) in points {
            writeln!(text, "{line},{x},{y:.3}").unwrap();
        }
        std::fs::write(self.path("csv"), text).unwrap();
    }

    fn lines(&self) -> Vec<Line> {
        let text = std::fs::read_to_string(self.path("csv")).unwrap();
        let mut lines: Vec<Line> = Vec::new();
        for row in text.lines().skip(1) {
            let cells: Vec<&str> = row.split(',').collect();
            let (name, point) = (
                cells[0],
                (cells[1].parse().unwrap(), cells[2].parse().unwrap()),
            );
            match lines.iter_mut().find(|line| line.name == name) {
                Some(line) => line.points.push(point),
                None => lines.push(Line {
                    name: name.to_owned(),
                    points: vec![point],
                }),
            }
        }
        lines
    }

    pub fn draw(&self) {
        std::fs::write(self.path("svg"), self.svg()).unwrap();
    }

    /// Returns whether the picture in the repository matches the points in the repository.
    pub fn is_drawn(&self) -> bool {
        std::fs::read_to_string(self.path("svg")).is_ok_and(|drawn| drawn == self.svg())
    }

    fn svg(&self) -> String {
        let x_of = |x| along(self.x_ticks, x, ACROSS.start, ACROSS.end);
        let y_of = |y| along(self.y_ticks, y, DOWN.end, DOWN.start);
        let (title, x_axis, y_axis) = (self.title, self.x_axis, self.y_axis);
        let middle = f64::midpoint(ACROSS.start, ACROSS.end);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n\
             <rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>\n\
             <text class=\"title\" x=\"16\" y=\"28\">{title}</text>\n\
             <text x=\"16\" y=\"54\">{y_axis}</text>\n\
             <text x=\"{middle}\" y=\"388\" text-anchor=\"middle\">{x_axis}</text>\n"
        );
        for (value, label) in self.y_ticks {
            let ((left, right), y) = ((ACROSS.start, ACROSS.end), y_of(*value));
            let (end, base) = (left - 10.0, y + 4.5);
            writeln!(
                svg,
                "<path class=\"grid\" d=\"M{left} {y:.1}H{right}\"/>\n\
                 <text x=\"{end}\" y=\"{base:.1}\" text-anchor=\"end\">{label}</text>"
            )
            .unwrap();
        }
        for (value, label) in self.x_ticks {
            let (x, y) = (x_of(*value), DOWN.end + 22.0);
            writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{label}</text>"
            )
            .unwrap();
        }
        let lines = self.lines();
        let ends: Vec<f64> = lines.iter().map(|line| y_of(line.end().1)).collect();
        // The first line is drawn last, on top of the others.
        for (place, (line, base)) in lines.iter().zip(apart(&ends)).enumerate().rev() {
            let places = line.points.iter().map(|(x, y)| (x_of(*x), y_of(*y)));
            let path: Vec<String> = places
                .clone()
                .map(|(x, y)| format!("{x:.1} {y:.1}"))
                .collect();
            let path = path.join("L");
            writeln!(
                svg,
                "<g class=\"line{place}\">\n<path class=\"line\" d=\"M{path}\"/>"
            )
            .unwrap();
            for (x, y) in places {
                writeln!(
                    svg,
                    "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
                )
                .unwrap();
            }
            let (x, y) = line.end();
            let (name, x, base) = (&line.name, x_of(x) + 12.0, base + 4.5);
            let digits = if y < 2.0 { 2 } else { 1 };
            writeln!(
                svg,
                "<text class=\"name\" x=\"{x:.1}\" y=\"{base:.1}\">{name} {y:.digits$}×</text>\n</g>"
            )
            .unwrap();
        }
        svg + "</svg>\n"
    }
}

/// Returns the place of a value between the places of the first and the last tick.
fn along(ticks: &[(f64, &str)], value: f64, first: f64, last: f64) -> f64 {
    let (from, to) = (ticks[0].0.ln(), ticks[ticks.len() - 1].0.ln());
    first + (value.ln() - from) / (to - from) * (last - first)
}

/// Moves places apart, upwards from the lowest, until a line of text fits into each.
fn apart(places: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*b].total_cmp(&places[*a]));
    let (mut moved, mut limit) = (places.to_vec(), f64::INFINITY);
    for index in order {
        moved[index] = moved[index].min(limit);
        limit = moved[index] - 17.0;
    }
    moved
}
