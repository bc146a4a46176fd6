//! The plan of points that checklists hang on elections: the one that comes with Ward, or the
//! office's own.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use ward_desk::plan::Plan;

/// The largest plan that is read, in bytes.
const MOST: u64 = 1 << 20;

/// The plan of a file, or the shipped one without any.
///
/// # Errors
/// What is wrong with the file, line by line, and what to do.
pub(super) fn plan(path: Option<&Path>) -> anyhow::Result<Plan> {
    let Some(path) = path else { return Ok(Plan::shipped()) };
    let shown = path.display();
    let hint = format!("the plan {shown} (plan under [desk]) cannot be read");
    let mut text = String::new();
    let file = File::open(path).with_context(|| hint.clone())?;
    file.take(MOST.saturating_add(1)).read_to_string(&mut text).context(hint)?;
    if text.len() as u64 > MOST {
        bail!(
            "the plan {shown} (plan under [desk]) has more than {MOST} bytes: no plan is that long"
        );
    }
    match Plan::parse(&text) {
        Ok(plan) => Ok(plan),
        Err(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            bail!(
                "the plan {shown} (plan under [desk]) cannot be used; mend it, or leave the line \
                 out for the one that comes with Ward:\n  {}",
                lines.join("\n  ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_has_a_plan_of_its_own_or_hears_what_is_wrong_with_it() {
        assert_eq!(plan(None).unwrap(), Plan::shipped());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.csv");
        let told = |path: &Path| format!("{:#}", plan(Some(path)).unwrap_err());
        assert!(told(&path).contains("plan under [desk]"));
        std::fs::write(&path, "id,who,due,ahead,text,why\na,sheriff,opens,1d,Do,Why.\n").unwrap();
        let why = told(&path);
        assert!(why.contains("line 2: \"sheriff\"") && why.contains("leave the line out"), "{why}");
        std::fs::write(&path, "id,who,due,ahead,text,why\na,clerk,opens-1d,1d,Do,Why.\n").unwrap();
        assert_eq!(plan(Some(&path)).unwrap().points().len(), 1);
        // What is too long is not read in part.
        let line = "a,clerk,opens-1d,1d,Do,Why.\n";
        std::fs::write(&path, line.repeat(1 + (1 << 20) / line.len())).unwrap();
        assert!(told(&path).contains("more than 1048576 bytes"));
    }
}
