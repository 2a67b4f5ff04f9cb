//! As much of the wasm binary format as it takes to say how many bytes each section and each function has.
//!
//! The format: <https://webassembly.github.io/spec/core/binary/modules.html>, the names in the appendix "Custom Sections".

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

/// Sections that are looked into, by their id.
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
/// Names of the others, at their id.
const SECTIONS: &[&str] = &[
    "custom",
    "type",
    "import",
    "function",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "element",
    "code",
    "data",
    "data count",
    "tag",
];

#[derive(Default)]
pub struct Module {
    /// Name and size of each section, in the order of the file.
    pub sections: Vec<(String, usize)>,
    pub functions: Vec<Function>,
}

pub struct Function {
    /// From the name section; nothing where there is none.
    pub name: Option<String>,
    pub size: usize,
}

impl Module {
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let Some(rest) = bytes.strip_prefix(b"\0asm\x01\0\0\0") else { bail!("this is no wasm module") };
        let mut module = Self::default();
        let mut imported = 0;
        let mut names = HashMap::new();
        let mut reader = Reader { rest };
        while !reader.rest.is_empty() {
            let id = reader.byte()?;
            let mut body = reader.sized()?;
            let size = body.rest.len();
            let mut name = SECTIONS.get(usize::from(id)).copied().unwrap_or("unknown").to_string();
            match id {
                CUSTOM => {
                    let own = body.name()?;
                    if own == "name" {
                        names = function_names(body)?;
                    }
                    name = format!("custom {own:?}");
                }
                IMPORT => imported = imported_functions(body)?,
                CODE => module.functions = functions(body)?,
                _ => {}
            }
            module.sections.push((name, size));
        }
        for (index, function) in (imported..).zip(&mut module.functions) {
            function.name = names.remove(&index);
        }
        Ok(module)
    }
}

/// Imports come first in the numbering of functions.
fn imported_functions(mut body: Reader) -> Result<usize> {
    let mut functions = 0;
    for _ in 0..body.number()? {
        body.name()?;
        body.name()?;
        match body.byte()? {
            0 => {
                functions += 1;
                body.number()?;
            }
            1 => {
                body.byte()?;
                body.limits()?;
            }
            2 => body.limits()?,
            3 => drop((body.byte()?, body.byte()?)),
            4 => drop((body.byte()?, body.number()?)),
            kind => bail!("an import is of the unknown kind {kind}"),
        }
    }
    Ok(functions)
}

fn functions(mut body: Reader) -> Result<Vec<Function>> {
    let count = body.number()?;
    (0..count).map(|_| Ok(Function { name: None, size: body.sized()?.rest.len() })).collect()
}

/// The name section has subsections, of which that of functions is number 1.
fn function_names(mut body: Reader) -> Result<HashMap<usize, String>> {
    let mut names = HashMap::new();
    while !body.rest.is_empty() {
        let id = body.byte()?;
        let mut part = body.sized()?;
        if id == 1 {
            for _ in 0..part.number()? {
                names.insert(part.number()?, part.name()?);
            }
        }
    }
    Ok(names)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.rest.split_first().context("the wasm module ends too early")?;
        self.rest = rest;
        Ok(*first)
    }

    /// LEB128.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number in the wasm module is too long")
    }

    fn sized(&mut self) -> Result<Reader<'a>> {
        let size = self.number()?;
        let (body, rest) = self.rest.split_at_checked(size).context("the wasm module ends too early")?;
        self.rest = rest;
        Ok(Reader { rest: body })
    }

    fn name(&mut self) -> Result<String> {
        Ok(String::from_utf8_lossy(self.sized()?.rest).into_owned())
    }

    fn limits(&mut self) -> Result<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 != 0 {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(module (import "m" "f" (func)) (func $named nop nop))` with a name section.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x04\x01\x60\0\0\
        \x02\x07\x01\x01m\x01f\0\0\
        \x03\x02\x01\0\
        \x0a\x06\x01\x04\0\x01\x01\x0b\
        \0\x0f\x04name\x01\x08\x01\x01\x05named";

    #[test]
    fn imports_count_in_the_numbering_of_functions() {
        let module = Module::parse(MODULE).unwrap();
        let functions: Vec<_> = module.functions.iter().map(|f| (f.name.as_deref(), f.size)).collect();
        assert_eq!(functions, [(Some("named"), 4)]);
        let code = ("code".to_string(), 6);
        assert!(module.sections.contains(&code), "{:?}", module.sections);
    }

    #[test]
    fn a_module_that_is_cut_off_is_an_error() {
        assert!((9..MODULE.len()).filter(|end| Module::parse(&MODULE[..*end]).is_err()).count() > 20);
        assert!(Module::parse(b"no wasm").is_err());
    }
}
