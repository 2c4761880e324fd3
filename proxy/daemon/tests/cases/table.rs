//! The deviations as a page of the documentation.

use crate::deviation::Deviations;
use std::fmt::Write as _;

/// Set this environment variable to have the page written anew.
pub(crate) const REWRITE: &str = "REWRITE_DEVIATIONS";

/// The page.
pub(crate) fn render(deviations: &Deviations, cases: usize) -> String {
    let mut page = format!(
        "# Deviations from the incumbent\n\n\
         Generated from `scenarios/incumbent/deviations.toml` by\n\
         `{REWRITE}=1 cargo test -p cloud-event-proxy --test cases`; the same test without the variable fails when this\n\
         page is out of date.\n\n\
         The incumbent is redhat-cne/cloud-event-proxy at commit 0729d2428188. Of {cases} recorded inputs with its output,\n\
         {} give another output here, on purpose; all others give the same events, the same metrics and the same states.\n\n\
         ## Decisions\n\n| id | we do |\n|---|---|\n",
        deviations.cases.len()
    );
    for (id, what) in &deviations.decisions {
        row(&mut page, &[id, what]);
    }
    page += "\n## In every case\n\n| decision | what the incumbent does, and what we do |\n|---|---|\n";
    for one in &deviations.everywhere {
        row(&mut page, &[&one.decisions.join(", "), &one.what]);
    }
    page +=
        "\n## Case by case\n\n| case | decision | what the incumbent does, and what we do |\n|---|---|---|\n";
    for one in &deviations.cases {
        row(&mut page, &[&format!("`{}`", one.name), &one.decisions.join(", "), &one.what]);
    }
    page
}

fn row(page: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(page, "| {} |", cells.join(" | ")).expect("writing to a string never fails");
}
