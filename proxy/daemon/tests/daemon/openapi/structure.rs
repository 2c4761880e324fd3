//! Whether the description is valid OpenAPI 3.1, as far as its rules can be checked without its meta-schema.

use super::document::{Document, child};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;

/// A kind of object, the fields that it must have, and those that it may have with their kinds: `[..]` for a list and
/// `{..}` for a map of them, nothing for what has no further structure here.
type Kind = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// OpenAPI 3.1.0, clause 4.8.
const KINDS: &[Kind] = &[
    (
        "OpenApi",
        &["openapi", "info", "paths"],
        &[
            ("openapi", ""),
            ("info", "Info"),
            ("jsonSchemaDialect", ""),
            ("servers", "[Server]"),
            ("paths", "{PathItem}"),
            ("webhooks", "{PathItem}"),
            ("components", "Components"),
            ("security", ""),
            ("tags", "[Tag]"),
            ("externalDocs", ""),
        ],
    ),
    (
        "Info",
        &["title", "version"],
        &[
            ("title", ""),
            ("summary", ""),
            ("description", ""),
            ("termsOfService", ""),
            ("contact", ""),
            ("license", "License"),
            ("version", ""),
        ],
    ),
    ("License", &["name"], &[("name", ""), ("identifier", ""), ("url", "")]),
    ("Server", &["url"], &[("url", ""), ("description", ""), ("variables", "{ServerVariable}")]),
    ("ServerVariable", &["default"], &[("enum", ""), ("default", ""), ("description", "")]),
    (
        "Components",
        &[],
        &[
            ("schemas", "{Schema}"),
            ("responses", "{Response}"),
            ("parameters", "{Parameter}"),
            ("examples", "{Example}"),
            ("requestBodies", "{RequestBody}"),
            ("headers", "{Header}"),
            ("securitySchemes", "{SecurityScheme}"),
            ("callbacks", "{Callback}"),
            ("pathItems", "{PathItem}"),
        ],
    ),
    (
        "PathItem",
        &[],
        &[
            ("summary", ""),
            ("description", ""),
            ("servers", "[Server]"),
            ("parameters", "[Parameter]"),
            ("get", "Operation"),
            ("put", "Operation"),
            ("post", "Operation"),
            ("delete", "Operation"),
            ("options", "Operation"),
            ("head", "Operation"),
            ("patch", "Operation"),
            ("trace", "Operation"),
            // An extension of this description: what all other methods are answered.
            ("x-other-methods", "Response"),
        ],
    ),
    (
        "Operation",
        &["operationId", "summary", "tags", "responses"],
        &[
            ("tags", ""),
            ("summary", ""),
            ("description", ""),
            ("externalDocs", ""),
            ("operationId", ""),
            ("parameters", "[Parameter]"),
            ("requestBody", "RequestBody"),
            ("responses", "{Response}"),
            ("callbacks", "{Callback}"),
            ("deprecated", ""),
            ("security", ""),
            ("servers", "[Server]"),
        ],
    ),
    ("Callback", &["{$request.body#/EndpointUri}"], &[("{$request.body#/EndpointUri}", "PathItem")]),
    (
        "Parameter",
        &["name", "in", "schema"],
        &[
            ("name", ""),
            ("in", ""),
            ("description", ""),
            ("required", ""),
            ("schema", "Schema"),
            ("example", ""),
            ("examples", "{Example}"),
        ],
    ),
    ("RequestBody", &["content"], &[("description", ""), ("content", "{MediaType}"), ("required", "")]),
    (
        "Response",
        &["description"],
        &[("description", ""), ("headers", "{Header}"), ("content", "{MediaType}"), ("links", "")],
    ),
    ("Header", &["schema"], &[("description", ""), ("required", ""), ("schema", "Schema"), ("example", "")]),
    ("MediaType", &["schema"], &[("schema", "Schema"), ("example", ""), ("examples", "{Example}")]),
    ("Example", &["value"], &[("summary", ""), ("description", ""), ("value", "")]),
    ("SecurityScheme", &["type"], &[("type", ""), ("description", ""), ("scheme", ""), ("bearerFormat", "")]),
    ("Tag", &["name"], &[("name", ""), ("description", ""), ("externalDocs", "")]),
];

/// Everything that is wrong with it.
pub(super) fn problems(document: &Document) -> Vec<String> {
    let mut check = Check { document, places: Vec::new(), problems: Vec::new() };
    check.object("", "OpenApi");
    check.version();
    check.operations();
    check.path_parameters();
    check.responses();
    check.security();
    check.unused_components();
    check.problems
}

/// The media types and parameters of the description, by their places.
pub(super) fn places(document: &Document, kind: &str) -> Vec<String> {
    let mut check = Check { document, places: Vec::new(), problems: Vec::new() };
    check.object("", "OpenApi");
    check.places.into_iter().filter(|(of, _)| *of == kind).map(|(_, pointer)| pointer).collect()
}

struct Check<'a> {
    document: &'a Document,
    /// Every object that has been looked at.
    places: Vec<(&'static str, String)>,
    problems: Vec<String>,
}

impl Check<'_> {
    fn problem(&mut self, at: &str, text: &str) {
        self.problems.push(format!("{at}: {text}"));
    }

    fn object(&mut self, pointer: &str, kind: &str) {
        let document = self.document;
        let Some(Value::Object(object)) = document.root().pointer(pointer) else {
            return self.problem(pointer, "is no object");
        };
        if kind == "Schema" {
            return self.problems.extend(document.schema_problem(pointer));
        }
        if object.contains_key("$ref") {
            if document.at(pointer).is_none() {
                self.problem(pointer, "refers to nothing");
            }
            return;
        }
        let (kind, required, fields) = KINDS.iter().find(|(name, ..)| *name == kind).unwrap();
        self.places.push((kind, pointer.to_owned()));
        for key in required.iter().filter(|key| !object.contains_key(**key)) {
            self.problem(pointer, &format!("lacks {key}"));
        }
        for key in object.keys() {
            match fields.iter().find(|(field, _)| field == key) {
                Some((_, of)) => self.member(&child(pointer, key), of),
                None => self.problem(pointer, &format!("must not have {key}")),
            }
        }
    }

    fn member(&mut self, pointer: &str, kind: &str) {
        let value = self.document.root().pointer(pointer).unwrap();
        let children: Vec<String> = match value {
            Value::Object(map) => map.keys().map(|key| child(pointer, key)).collect(),
            Value::Array(items) => (0..items.len()).map(|index| format!("{pointer}/{index}")).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        let of = kind.trim_matches(['{', '}', '[', ']']);
        match kind.chars().next() {
            None => {}
            Some('{') if value.is_object() => children.iter().for_each(|one| self.object(one, of)),
            Some('[') if value.is_array() => children.iter().for_each(|one| self.object(one, of)),
            Some('{' | '[') => self.problem(pointer, &format!("is no {kind}")),
            Some(_) => self.object(pointer, of),
        }
    }

    fn version(&mut self) {
        let version = self.document.root()["openapi"].as_str().unwrap_or_default();
        if !version.starts_with("3.1.") {
            self.problem("/openapi", "is not 3.1");
        }
    }

    fn found(&self, kind: &str) -> Vec<String> {
        self.places.iter().filter(|(of, _)| *of == kind).map(|(_, pointer)| pointer.clone()).collect()
    }

    fn operations(&mut self) {
        let root = self.document.root();
        let tags: Vec<&Value> =
            root["tags"].as_array().into_iter().flatten().map(|tag| &tag["name"]).collect();
        let mut ids = BTreeSet::new();
        for pointer in self.found("Operation") {
            let operation = root.pointer(&pointer).unwrap();
            if !ids.insert(operation["operationId"].to_string()) {
                self.problem(&pointer, "has the operationId of another one");
            }
            for tag in operation["tags"].as_array().into_iter().flatten().filter(|tag| !tags.contains(tag)) {
                self.problem(&pointer, &format!("has the unknown tag {tag}"));
            }
        }
    }

    fn path_parameters(&mut self) {
        let in_braces = Regex::new(r"\{([^}]+)\}").unwrap();
        for (path, item) in self.document.root()["paths"].as_object().into_iter().flatten() {
            let named: BTreeSet<String> =
                in_braces.captures_iter(path).map(|name| name[1].to_owned()).collect();
            let pointer = child(&child("/paths", path), "parameters");
            let count = item["parameters"].as_array().map_or(0, Vec::len);
            let declared = (0..count).filter_map(|index| self.document.at(&format!("{pointer}/{index}")));
            let declared: Vec<&Value> = declared.collect();
            let names: BTreeSet<String> = declared
                .iter()
                .filter(|parameter| parameter["in"] == "path" && parameter["required"] == true)
                .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                .collect();
            if named != names || !path.starts_with('/') {
                self.problem(path, &format!("has the parameters {named:?} and declares {names:?}"));
            }
        }
    }

    fn responses(&mut self) {
        let status = Regex::new("^([1-5]([0-9]{2}|XX)|default)$").unwrap();
        for pointer in self.found("Operation") {
            let responses = self.document.at(&child(&pointer, "responses")).and_then(Value::as_object);
            let responses: Vec<String> = responses.into_iter().flat_map(|map| map.keys().cloned()).collect();
            if responses.is_empty() {
                self.problem(&pointer, "has no responses");
            }
            for key in responses.iter().filter(|key| !status.is_match(key)) {
                self.problem(&pointer, &format!("has the response {key}"));
            }
        }
    }

    fn security(&mut self) {
        let schemes = &self.document.root()["components"]["securitySchemes"];
        for pointer in self.found("Operation") {
            let requirements = self.document.root().pointer(&child(&pointer, "security"));
            let requirements = requirements.and_then(Value::as_array).into_iter().flatten();
            for name in requirements.filter_map(Value::as_object).flat_map(|requirement| requirement.keys()) {
                if schemes.get(name).is_none() {
                    self.problem(&pointer, &format!("needs the unknown {name}"));
                }
            }
        }
    }

    /// A component that nothing refers to describes nothing.
    fn unused_components(&mut self) {
        let text = self.document.root().to_string();
        let components = self.document.root()["components"].as_object().into_iter().flatten();
        let name_is_right = Regex::new("^[a-zA-Z0-9._-]+$").unwrap();
        for (kind, members) in components {
            for name in members.as_object().into_iter().flat_map(|members| members.keys()) {
                let reference = format!("\"#/components/{kind}/{name}\"");
                let is_used = kind == "securitySchemes" || text.contains(&reference);
                if !is_used || !name_is_right.is_match(name) {
                    self.problem(&format!("/components/{kind}/{name}"), "is not used, or wrongly named");
                }
            }
        }
    }
}
