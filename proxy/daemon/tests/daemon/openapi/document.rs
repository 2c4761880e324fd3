//! The published description and its schemas, with everything that they refer to.

use jsonschema::{Registry, Resource, Validator};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The name of the description for references; there is nothing at this address.
const ROOT: &str = "https://cloud-event-proxy.invalid/v2/openapi.json";

/// The methods that OpenAPI has, in its order.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

const OPENAPI: &str = include_str!("../../../../api/openapi.json");
const SCHEMAS: [&str; 3] = [
    include_str!("../../../../api/subscription-info.schema.json"),
    include_str!("../../../../api/event.schema.json"),
    include_str!("../../../../api/event.oran.schema.json"),
];

/// The description.
pub(super) struct Document {
    root: Value,
    schemas: Vec<Value>,
    registry: Registry<'static>,
    /// Those that have been used, because they take long to make.
    validators: RefCell<BTreeMap<String, Validator>>,
}

/// One method on one path.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// With its parameters in braces.
    pub(super) path: String,
    /// In capitals.
    pub(super) method: String,
    /// Where it is in the description, as a JSON pointer.
    pub(super) pointer: String,
}

impl Document {
    /// As it is published.
    pub(super) fn published() -> Self {
        let [root, schemas @ ..] = Self::files();
        Self::new(root, schemas.into())
    }

    /// The same, but what it does not describe is not allowed. Consumers must expect more keys than they know; the proxy
    /// must not send any that are not described.
    pub(super) fn closed() -> Self {
        let [mut root, mut schemas @ ..] = Self::files();
        close(&mut root);
        schemas.iter_mut().for_each(close);
        Self::new(root, schemas.into())
    }

    /// With another description in its place.
    pub(super) fn with_root(root: Value) -> Self {
        let [_, schemas @ ..] = Self::files();
        Self::new(root, schemas.into())
    }

    fn files() -> [Value; 4] {
        let [subscription, event, oran] = SCHEMAS;
        [OPENAPI, subscription, event, oran].map(|text| serde_json::from_str(text).unwrap())
    }

    fn new(root: Value, schemas: Vec<Value>) -> Self {
        let named = schemas.iter().map(|schema| (schema["$id"].as_str().unwrap(), schema));
        let all = named.chain([(ROOT, &root)]);
        let all = all.map(|(name, value)| (name.to_owned(), Resource::from_contents(value.clone())));
        let registry = Registry::new().extend(all).unwrap().prepare().unwrap();
        Self { root, schemas, registry, validators: RefCell::default() }
    }

    /// The description itself.
    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// The schemas beside it.
    pub(super) fn schemas(&self) -> &[Value] {
        &self.schemas
    }

    /// What is there, references followed.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(&self.resolved(pointer))
    }

    /// The place that a place refers to, which is itself if it is no reference.
    pub(super) fn resolved(&self, pointer: &str) -> String {
        let reference = self.root.pointer(pointer).and_then(|value| value["$ref"].as_str());
        match reference.and_then(|reference| reference.strip_prefix('#')) {
            Some(target) => self.resolved(target),
            None => pointer.to_owned(),
        }
    }

    /// All operations that the proxy serves.
    pub(super) fn operations(&self) -> Vec<Operation> {
        let paths = self.root["paths"].as_object().unwrap().iter();
        let operations = paths.flat_map(|(path, item)| {
            METHODS.into_iter().filter(|method| item.get(method).is_some()).map(|method| Operation {
                path: path.clone(),
                method: method.to_uppercase(),
                pointer: child(&child("/paths", path), method),
            })
        });
        operations.collect()
    }

    /// What is wrong with a value, by the schema at a place of the description.
    pub(super) fn problems(&self, schema: &str, value: &Value) -> Vec<String> {
        self.problems_by(&place(schema), value)
    }

    /// What is wrong with a value, by the schema of this file.
    pub(super) fn problems_by_file(&self, file: &str, value: &Value) -> Vec<String> {
        self.problems_by(&ROOT.replace("openapi.json", file), value)
    }

    fn problems_by(&self, schema: &str, value: &Value) -> Vec<String> {
        let mut validators = self.validators.borrow_mut();
        let validator =
            validators.entry(schema.to_owned()).or_insert_with(|| self.validator(schema).unwrap());
        let errors = validator.iter_errors(value);
        errors.map(|error| format!("{error} at {} of {value}", error.instance_path())).collect()
    }

    /// Why what is there is no schema, if it is none.
    pub(super) fn schema_problem(&self, pointer: &str) -> Option<String> {
        let schema = self.root.pointer(pointer)?;
        match schema["$ref"].as_str() {
            Some(local) if local.starts_with('#') => {
                self.at(pointer).is_none().then(|| format!("{pointer}: refers to nothing"))
            }
            Some(file) => {
                let name = ROOT.replace("openapi.json", file);
                let is_known = self.schemas.iter().any(|schema| schema["$id"] == name.as_str());
                (!is_known).then(|| format!("{pointer}: refers to {file}"))
            }
            None => {
                let error = jsonschema::meta::validate(schema).err().map(|error| error.to_string());
                error.or_else(|| self.validator(&place(pointer)).err())
            }
        }
    }

    fn validator(&self, schema: &str) -> Result<Validator, String> {
        let schema = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": schema });
        let options = jsonschema::options().with_registry(&self.registry).should_validate_formats(true);
        let validator = options.should_ignore_unknown_formats(false).build(&schema);
        validator.map_err(|error| format!("{schema}: {error}"))
    }
}

/// A place of the description as a reference.
fn place(pointer: &str) -> String {
    format!("{ROOT}#{}", pointer.replace('{', "%7B").replace('}', "%7D").replace('#', "%23"))
}

/// The place of a member.
pub(super) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Adds to each schema of an object that it has no other keys.
fn close(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(close);
            if map.get("type").is_some_and(|kind| kind == "object") && map.contains_key("properties") {
                map.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
