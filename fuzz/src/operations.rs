//! Builds a value by the operations of `tokenwire::json::partial`, as the package's JavaScript does.

use serde_json::{Map, Value};

/// A value that grows.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    root: Option<Value>,
    /// The open containers, and the last key of each.
    open: Vec<(Value, String)>,
}

impl Builder {
    /// `operations`: an array.
    pub fn apply(&mut self, operations: &Value) {
        for operation in operations.as_array().expect("operations are an array") {
            let value = operation.get(1).cloned();
            let text = || value.as_ref().and_then(Value::as_str).expect("a text");
            match operation[0].as_str().expect("a name") {
                "{" => self.open.push((Value::Object(Map::new()), String::new())),
                "[" => self.open.push((Value::Array(Vec::new()), String::new())),
                "k" => self.open.last_mut().expect("a key in an object").1 = text().to_owned(),
                "s" | "v" => self.put(value.expect("a value")),
                "+" => self.grow(text()),
                "}" => {
                    let (value, _) = self.open.pop().expect("what ends is open");
                    self.put(value);
                }
                other => panic!("unknown operation {other}"),
            }
        }
    }

    /// The string that is being written goes on.
    pub fn grow(&mut self, more: &str) {
        let place = match self.open.last_mut() {
            None => self.root.as_mut(),
            Some((Value::Array(items), _)) => items.last_mut(),
            Some((object, key)) => object.get_mut(key.as_str()),
        };
        match place {
            Some(Value::String(text)) => text.push_str(more),
            other => panic!("what goes on is no string: {other:?}"),
        }
    }

    /// The value so far.
    pub fn value(&self) -> Option<Value> {
        let mut copy = self.clone();
        while let Some((value, _)) = copy.open.pop() {
            copy.put(value);
        }
        copy.root
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some((Value::Array(items), _)) => items.push(value),
            Some((Value::Object(members), key)) => drop(members.insert(key.clone(), value)),
            Some((other, _)) => panic!("{other} is open"),
        }
    }
}
