//! The file of `--auth-config`, and everything that can be wrong with it.

use super::{Demand, read};
use crate::auth::fixtures::{AUDIENCE, Authority, ISSUER, Signer, key_set};
use crate::auth::issuer_keys::KeyPlace;
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A directory with every file that settings may name.
fn node() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = Authority::root("root");
    let server = root.issue(ServerAuth);
    for (name, text) in [
        ("ca.crt", root.pem.clone()),
        ("tls.crt", server.pem.clone()),
        ("tls.key", server.key.serialize_pem()),
        ("keys.json", key_set(&[&Signer::ec("one")])),
        ("token", "a token".to_owned()),
    ] {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

/// Settings that demand both, with every key of the draft that has an effect here.
fn both(directory: &Path) -> Value {
    let at = |name: &str| directory.join(name).display().to_string();
    json!({
        "enableMTLS": true,
        "caCertPath": at("ca.crt"),
        "serverCertPath": at("tls.crt"),
        "serverKeyPath": at("tls.key"),
        "useServiceCA": true,
        "enableOAuth": true,
        "oauthIssuer": ISSUER,
        "oauthJWKSURL": "https://issuer.test/keys",
        "requiredScopes": ["user:info"],
        "requiredAudience": AUDIENCE,
        "serviceAccountName": "cloud-event-proxy-sa",
        "serviceAccountToken": at("token"),
        "useOpenShiftOAuth": false,
    })
}

/// What is demanded and whether there is TLS, or the keys of the problems and their values.
fn outcome(directory: &Path, settings: &Value) -> Result<(Demand, bool), Vec<(String, String)>> {
    let path = directory.join("auth.json");
    fs::write(&path, settings.to_string()).unwrap();
    let prefix = format!("{}: ", path.display());
    let read = read(&path).map(|settings| (settings.demand, settings.tls.is_some()));
    read.map_err(|problems| {
        problems
            .into_iter()
            .map(|problem| (problem.path.strip_prefix(&prefix).unwrap().to_owned(), problem.value))
            .collect()
    })
}

/// The keys of all problems that the settings have with these changes; null takes a key away.
fn wrong_keys(changes: &Value) -> Vec<String> {
    let directory = node();
    let mut settings = both(directory.path());
    for (key, value) in changes.as_object().unwrap() {
        settings[key] = value.clone();
    }
    outcome(directory.path(), &settings).unwrap_err().into_iter().map(|(key, _)| key).collect()
}

#[test]
fn the_keys_of_the_draft_are_understood() {
    let directory = node();
    let (demand, has_tls) = outcome(directory.path(), &both(directory.path())).unwrap();
    let Demand::CertificateAndToken(token) = demand else { panic!("another demand: {demand:?}") };
    assert!(has_tls);
    assert_eq!(token.rules.issuer, ISSUER);
    assert_eq!(token.rules.audience, AUDIENCE);
    assert_eq!(token.rules.scopes, ["user:info"]);
    let KeyPlace::Server { url, authorities, token } = token.place else { panic!("another place") };
    assert_eq!(url.as_str(), "https://issuer.test/keys");
    assert_eq!(authorities, None);
    assert_eq!(token, Some(directory.path().join("token")));
}

#[test]
fn either_part_may_be_off_and_its_keys_then_mean_nothing() {
    let directory = node();
    let mut settings = both(directory.path());
    settings["enableMTLS"] = false.into();
    settings["caCertPath"] = "/nowhere".into();
    let (demand, has_tls) = outcome(directory.path(), &settings).unwrap();
    assert!(matches!(demand, Demand::Token(_)) && has_tls);
    let mut settings = both(directory.path());
    settings["enableOAuth"] = false.into();
    settings["useOpenShiftOAuth"] = true.into();
    settings["oauthIssuer"] = Value::Null;
    assert_eq!(outcome(directory.path(), &settings).unwrap(), (Demand::Certificate, true));
}

#[test]
fn keys_may_come_from_a_file_and_tokens_over_cleartext_only_if_that_is_said() {
    let directory = node();
    let mut settings = json!({
        "enableOAuth": true,
        "oauthIssuer": ISSUER,
        "oauthJWKSFile": directory.path().join("keys.json"),
        "requiredAudience": AUDIENCE,
    });
    let missing = |key: &str| (key.to_owned(), String::new());
    assert_eq!(
        outcome(directory.path(), &settings).unwrap_err(),
        [missing("serverCertPath"), missing("serverKeyPath")]
    );
    settings["allowCleartext"] = true.into();
    let (demand, has_tls) = outcome(directory.path(), &settings).unwrap();
    assert!(matches!(demand, Demand::Token(token) if matches!(token.place, KeyPlace::File(_))));
    assert!(!has_tls);
}

#[test]
fn each_wrong_setting_is_named() {
    for (changes, keys) in [
        (json!({ "enableMTLS": false, "enableOAuth": false }), vec!["enableMTLS"]),
        (json!({ "enableMTLS": "yes" }), vec!["enableMTLS"]),
        (json!({ "enableMtls": true }), vec!["enableMtls"]),
        (json!({ "useServiceCA": false, "caCertPath": null }), vec!["caCertPath"]),
        // Then the file is where OpenShift mounts it, and here it is not.
        (json!({ "caCertPath": null }), vec!["caCertPath"]),
        (
            json!({ "serverCertPath": "/nowhere", "serverKeyPath": "/" }),
            vec!["serverCertPath", "serverKeyPath"],
        ),
        (json!({ "useOpenShiftOAuth": true }), vec!["useOpenShiftOAuth"]),
        (json!({ "oauthIssuer": "", "requiredAudience": null }), vec!["oauthIssuer", "requiredAudience"]),
        (json!({ "requiredScopes": ["a b", "", "a\"b"] }), vec!["requiredScopes"; 3]),
        (json!({ "requiredScopes": "a" }), vec!["requiredScopes"]),
        (json!({ "oauthJWKSURL": null }), vec!["oauthJWKSURL"]),
        (json!({ "oauthJWKSURL": "http://issuer.test/keys" }), vec!["oauthJWKSURL"]),
        (json!({ "oauthJWKSURL": "file:///keys" }), vec!["oauthJWKSURL"]),
        (json!({ "oauthJWKSFile": "/nowhere" }), vec!["oauthJWKSURL"]),
        (json!({ "oauthJWKSURL": null, "oauthJWKSFile": "/nowhere" }), vec!["oauthJWKSFile"]),
        (json!({ "oauthJWKSURL": "http://127.0.0.1/keys" }), vec!["serviceAccountToken"]),
        (json!({ "oauthCACertPath": "/nowhere" }), vec!["oauthCACertPath"]),
        (json!({ "serviceAccountToken": "/nowhere" }), vec!["serviceAccountToken"]),
    ] {
        assert_eq!(wrong_keys(&changes), keys, "{changes}");
    }
}

#[test]
fn all_problems_are_found_at_once() {
    let changes = json!({ "serverKeyPath": "/nowhere", "oauthIssuer": 5, "useOpenShiftOAuth": true, "x": 1 });
    assert_eq!(
        wrong_keys(&changes),
        ["serverKeyPath", "oauthIssuer", "useOpenShiftOAuth", "oauthIssuer", "x"]
    );
}

#[test]
fn a_certificate_with_the_key_of_another_is_refused() {
    let directory = node();
    let other = Authority::root("other").issue(ServerAuth);
    fs::write(directory.path().join("tls.key"), other.key.serialize_pem()).unwrap();
    let problems = outcome(directory.path(), &both(directory.path())).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].0, "serverKeyPath");
}

#[test]
fn a_file_that_is_no_object_is_one_problem() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("auth.json");
    assert_eq!(read(&path).err().unwrap().len(), 1);
    for text in ["", "[]", "{"] {
        fs::write(&path, text).unwrap();
        assert_eq!(read(&path).err().unwrap()[0].path, path.display().to_string(), "{text}");
    }
}
