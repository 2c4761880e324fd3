//! Budgets, banned words and living documents: the house style as far as a test can hold it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const PARAMETERS_MAX: usize = 5;
const MAIN_LINES_MAX: usize = 60;

/// What may exceed a budget: (file or file::function, lines). The list may only shrink, and a row that is no longer
/// needed fails.
const EXCEPTIONS: &[(&str, usize)] = &[];

const TOP_FOLDERS: &[&str] = &["ci", "features", "proxy", "scenarios", "simulator"];
const NO_STD: &[&str] = &["proxy/lines/src", "proxy/core/src"];
const TOLD_THE_TIME: &[&str] = &["proxy/lines/src", "proxy/core/src", "simulator/core/src"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("ci/ lies in the root").to_path_buf()
}

/// Every file below `folder` with this extension, sorted, without build output and recorded or generated data.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the tree can be read") {
            let path = entry.expect("an entry of the tree can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "corpus", "artifacts"].contains(&name.as_str()) && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).expect("a file of the tree").to_string_lossy().into_owned()
}

fn is_production(path: &Path) -> bool {
    let name = name(path);
    let test_folder = ["/tests/", "/benches/", "/examples/", "proxy/fuzz/"].iter().any(|f| name.contains(f));
    !test_folder && !name.ends_with("/tests.rs")
}

fn rust_files() -> Vec<PathBuf> {
    TOP_FOLDERS.iter().flat_map(|f| files(&root().join(f), "rs")).collect()
}

/// Lines up to the inline test module, which stands last in a file.
fn production_lines(text: &str) -> usize {
    let mut lines = 0;
    for line in text.lines() {
        if line.trim_end() == "#[cfg(test)]" {
            break;
        }
        lines += 1;
    }
    lines
}

#[derive(Default)]
struct Functions {
    /// (name, lines, parameters)
    found: Vec<(String, usize, usize)>,
}

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let lines = block.span().end().line - signature.span().start().line + 1;
        self.found.push((signature.ident.to_string(), lines, signature.inputs.len()));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = module.attrs.iter().any(|a| a.path().is_ident("cfg"));
        if !is_test {
            visit::visit_item_mod(self, module);
        }
    }
}

#[test]
fn files_functions_and_parameter_lists_stay_within_their_budgets() {
    let mut over: BTreeMap<String, usize> = BTreeMap::new();
    for path in rust_files().into_iter().filter(|p| is_production(p)) {
        let text = fs::read_to_string(&path).expect("a source file is UTF-8");
        let file = name(&path);
        let budget = if file.ends_with("/main.rs") { MAIN_LINES_MAX } else { FILE_LINES_MAX };
        let lines = production_lines(&text);
        if lines > budget {
            over.insert(file.clone(), lines);
        }
        let mut functions = Functions::default();
        functions.visit_file(&syn::parse_file(&text).expect("a source file parses"));
        for (function, lines, parameters) in functions.found {
            if lines > FUNCTION_LINES_MAX {
                over.insert(format!("{file}::{function}"), lines);
            }
            if parameters > PARAMETERS_MAX {
                over.insert(format!("{file}::{function} (parameters)"), parameters);
            }
        }
    }
    let excepted: BTreeMap<String, usize> = EXCEPTIONS.iter().map(|(n, l)| ((*n).to_owned(), *l)).collect();
    assert_eq!(over, excepted, "left: over budget now; right: the exceptions, which may only shrink");
}

#[test]
fn the_top_level_folders_are_the_five_of_the_layout() {
    let mut folders: Vec<String> = fs::read_dir(root())
        .expect("the root can be read")
        .map(|e| e.expect("an entry of the root can be read").path())
        .filter(|p| p.is_dir())
        .map(|p| p.file_name().expect("a folder has a name").to_string_lossy().into_owned())
        .filter(|n| !n.starts_with('.') && n != "target")
        .collect();
    folders.sort();
    assert_eq!(folders, TOP_FOLDERS);
}

#[test]
fn no_std_crates_say_so_and_never_ask_for_std_back() {
    for folder in NO_STD {
        let library = fs::read_to_string(root().join(folder).join("lib.rs")).expect("a crate has a lib.rs");
        assert!(library.contains("\n#![no_std]\n"), "{folder}/lib.rs lacks #![no_std]");
        for path in files(&root().join(folder), "rs") {
            let text = fs::read_to_string(&path).expect("a source file is UTF-8");
            assert!(!text.contains("extern crate std"), "{} asks for std", name(&path));
        }
    }
}

#[test]
fn crates_that_are_told_the_time_name_no_clock_thread_file_or_socket() {
    let banned =
        ["std::time", "std::thread", "std::fs", "std::net", "std::os", "std::env", "std::process", "std::io"];
    for folder in TOLD_THE_TIME {
        for path in files(&root().join(folder), "rs") {
            let text = fs::read_to_string(&path).expect("a source file is UTF-8");
            for word in
                banned.iter().chain(&["StdRng", "thread_rng", "rand::rng()", "SystemTime", "Instant::now"])
            {
                assert!(!text.contains(word), "{} names {word}", name(&path));
            }
        }
    }
}

#[test]
fn nothing_is_left_unfinished_and_no_crate_silences_a_lint_as_a_whole() {
    // Spelt in two halves so that this file does not find itself.
    let unfinished: Vec<String> =
        [("TO", "DO"), ("FIX", "ME"), ("to", "do!("), ("unimple", "mented!("), ("XX", "X:")]
            .iter()
            .map(|(a, b)| format!("{a}{b}"))
            .collect();
    for path in rust_files().into_iter().chain(files(&root().join("features"), "feature")) {
        let text = fs::read_to_string(&path).expect("a source file is UTF-8");
        for word in &unfinished {
            assert!(!text.contains(word.as_str()), "{} says {word}", name(&path));
        }
        assert!(!text.contains(&format!("#![al{}", "low(")), "{} silences a lint as a whole", name(&path));
    }
}

#[test]
fn every_source_file_opens_by_saying_what_it_is() {
    for path in rust_files() {
        let text = fs::read_to_string(&path).expect("a source file is UTF-8");
        assert!(
            text.starts_with("//!") || text.starts_with("#!["),
            "{} has no opening paragraph",
            name(&path)
        );
    }
}

#[test]
fn the_architecture_page_names_every_crate_and_folder() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("there is an architecture page");
    for folder in TOP_FOLDERS {
        assert!(page.contains(&format!("`{folder}/")), "ARCHITECTURE.md does not name `{folder}/`");
    }
    for path in files(&root(), "toml").iter().filter(|p| p.ends_with("Cargo.toml")) {
        let manifest = fs::read_to_string(path).expect("a manifest is UTF-8");
        let package = manifest.lines().find_map(|l| l.strip_prefix("name = \""));
        if let Some(package) = package.and_then(|p| p.strip_suffix('"')) {
            assert!(page.contains(&format!("`{package}`")), "ARCHITECTURE.md does not name `{package}`");
        }
    }
}

#[test]
fn links_in_documents_lead_somewhere() {
    for path in files(&root(), "md") {
        let text = fs::read_to_string(&path).expect("a document is UTF-8");
        let folder = path.parent().expect("a document lies in a folder");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(folder.join(file).exists(), "{}: the link {target} leads nowhere", name(&path));
        }
    }
}
