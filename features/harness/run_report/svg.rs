//! A plain writer of SVG.

/// A drawing under construction. Every element that is opened is closed when it is finished.
#[derive(Debug)]
pub(super) struct Svg {
    text: String,
    open: Vec<&'static str>,
}

impl Svg {
    /// With a title and a description for those who cannot see it. `id` is unique in the page.
    pub(super) fn new(id: &str, (width, height): (f64, f64), title: &str, description: &str) -> Self {
        let mut svg = Self { text: String::new(), open: Vec::new() };
        let view = format!("0 0 {} {}", number(width), number(height));
        let labels = format!("{id}-title {id}-description");
        svg.begin("svg", &[("id", id), ("viewBox", &view), ("role", "img"), ("aria-labelledby", &labels)]);
        svg.wrapped("title", &[("id", &format!("{id}-title"))], title);
        svg.wrapped("desc", &[("id", &format!("{id}-description"))], description);
        svg
    }

    /// The whole drawing.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.text
    }

    /// Opens an element.
    pub(super) fn begin(&mut self, element: &'static str, attributes: &[(&str, &str)]) {
        self.tag(element, attributes);
        self.text.push('>');
        self.open.push(element);
    }

    /// Closes the element that was opened last.
    pub(super) fn end(&mut self) {
        if let Some(element) = self.open.pop() {
            self.text.push_str(&format!("</{element}>"));
        }
    }

    /// An element with nothing in it.
    pub(super) fn leaf(&mut self, element: &'static str, attributes: &[(&str, &str)]) {
        self.tag(element, attributes);
        self.text.push_str("/>");
    }

    /// An element around some text.
    pub(super) fn wrapped(&mut self, element: &'static str, attributes: &[(&str, &str)], text: &str) {
        self.begin(element, attributes);
        self.text.push_str(&escaped(text));
        self.end();
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        self.leaf("line", &[("class", class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)]);
    }

    /// Text at a place; `anchor` is `start`, `middle` or `end`.
    pub(super) fn label(&mut self, class: &str, at: (f64, f64), anchor: &str, text: &str) {
        let [x, y] = [at.0, at.1].map(number);
        self.wrapped("text", &[("class", class), ("x", &x), ("y", &y), ("text-anchor", anchor)], text);
    }

    /// A rectangle that tells what it is when somebody points at it.
    pub(super) fn bar(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), title: &str) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        self.begin("rect", &[("class", class), ("x", &x), ("y", &y), ("width", &width), ("height", &height)]);
        self.wrapped("title", &[], title);
        self.end();
    }

    /// Straight lines from point to point; each part is apart from the others.
    pub(super) fn path(&mut self, class: &str, parts: &[Vec<(f64, f64)>]) {
        let mut steps = String::new();
        for part in parts {
            for (index, (x, y)) in part.iter().enumerate() {
                steps.push(if index == 0 { 'M' } else { 'L' });
                steps.push_str(&format!("{} {}", number(*x), number(*y)));
            }
            // A point alone has no length: the caps of the line make it a dot.
            if part.len() == 1 {
                steps.push_str("h0");
            }
        }
        if !steps.is_empty() {
            self.leaf("path", &[("class", class), ("d", &steps)]);
        }
    }

    fn tag(&mut self, element: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(element);
        for (name, value) in attributes {
            self.text.push_str(&format!(" {name}=\"{}\"", escaped(value)));
        }
    }
}

/// At most one decimal: a tenth of a pixel is enough.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Text that is nothing but text, without characters that cannot be seen.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in crate::conform::report::legible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
