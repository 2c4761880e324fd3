//! The file of `--auth-config`: JSON with the keys that redhat-cne/rest-api drafted (branch secure-event-api), and three of
//! this proxy: `oauthJWKSFile`, `oauthCACertPath` and `allowCleartext`.

use super::fields::Fields;
use super::files;
use super::issuer_keys::{self, KeyPlace};
use super::key_set::KeySet;
use super::tls::{LoadedTls, TlsFiles};
use super::token::TokenRules;
use crate::config::Problem;
use serde_json::Value;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// Where OpenShift's service authority is mounted, as the draft has it.
const SERVICE_CA: &str = "/etc/cloud-event-proxy/ca-bundle/service-ca.crt";
const SERVICE_CERTIFICATE: &str = "/etc/cloud-event-proxy/server-certs/tls.crt";
const SERVICE_KEY: &str = "/etc/cloud-event-proxy/server-certs/tls.key";

/// What is demanded of requests that change something, and how connections are protected.
pub(crate) struct AuthSettings {
    /// What is demanded.
    pub(crate) demand: Demand,
    /// Certificate and key of the server; without, there is no TLS.
    pub(crate) tls: Option<LoadedTls>,
}

/// What is demanded of a request that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// A client certificate.
    Certificate,
    /// A bearer token.
    Token(TokenDemand),
    /// Both.
    CertificateAndToken(TokenDemand),
}

/// Which bearer tokens are good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenDemand {
    /// What they must say.
    pub(crate) rules: TokenRules,
    /// Who must have signed them.
    pub(crate) place: KeyPlace,
}

/// Reads the file and those that it names; on failure with every problem.
pub(crate) fn read(path: &Path) -> Result<AuthSettings, Vec<Problem>> {
    let at = path.display().to_string();
    let object = object(path).map_err(|error| vec![Problem::new(&at, error, "a JSON object of settings")])?;
    let mut fields = Fields::new(object);
    let settings = settings(&mut fields);
    let mut problems = fields.finish();
    for problem in &mut problems {
        problem.path = format!("{at}: {}", problem.path);
    }
    settings.filter(|_| problems.is_empty()).ok_or(problems)
}

fn object(path: &Path) -> Result<serde_json::Map<String, Value>, String> {
    let json = files::read(path).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}

/// The settings, unless what is missing leaves no way to make them; then that is noted.
fn settings(fields: &mut Fields) -> Option<AuthSettings> {
    let wants_certificate = fields.flag("enableMTLS");
    let wants_token = fields.flag("enableOAuth");
    if !wants_certificate && !wants_token {
        let expected = "true for this or for enableOAuth: a file that demands nothing protects nothing";
        fields.problem("enableMTLS", "false", expected);
    }
    let allows_cleartext = fields.flag("allowCleartext");
    let tls = tls(fields, wants_certificate, wants_token && !allows_cleartext);
    let token = token(fields, wants_token, allows_cleartext);
    let demand = match (wants_certificate, wants_token, token) {
        (true, false, _) => Demand::Certificate,
        (true, true, Some(token)) => Demand::CertificateAndToken(token),
        (false, true, Some(token)) => Demand::Token(token),
        (_, true, None) | (false, false, _) => return None,
    };
    Some(AuthSettings { demand, tls })
}

/// TLS, if there is to be any. A token over a connection that everybody can read is everybody's.
fn tls(fields: &mut Fields, wants_certificate: bool, wants_tls: bool) -> Option<LoadedTls> {
    let uses_service_ca = fields.flag("useServiceCA");
    let mut path = |key: &str, default: &str| {
        fields.text(key).or_else(|| uses_service_ca.then(|| default.to_owned())).map(PathBuf::from)
    };
    let authorities = path("caCertPath", SERVICE_CA);
    let certificate = path("serverCertPath", SERVICE_CERTIFICATE);
    let key = path("serverKeyPath", SERVICE_KEY);
    if wants_certificate && authorities.is_none() {
        fields.problem("caCertPath", "", "a file, because enableMTLS is true");
    }
    let is_needed = wants_certificate || wants_tls || certificate.is_some() || key.is_some();
    if !is_needed {
        return None;
    }
    for (path, name) in [(&certificate, "serverCertPath"), (&key, "serverKeyPath")] {
        if path.is_none() {
            let expected = "a file: certificates and tokens need TLS, or allowCleartext for tokens";
            fields.problem(name, "", expected);
        }
    }
    // Of a server that asks for no client certificates, authorities say nothing.
    let authorities = authorities.filter(|_| wants_certificate);
    let files = TlsFiles { certificate: certificate?, key: key?, authorities };
    files.load().map_err(|problems| fields.problems(problems)).ok()
}

/// Which tokens are good, if any are wanted. The keys of what is not wanted are read and mean nothing.
fn token(fields: &mut Fields, is_wanted: bool, allows_cleartext: bool) -> Option<TokenDemand> {
    let issuer = fields.text("oauthIssuer");
    let audience = fields.text("requiredAudience");
    let scopes = scopes(fields);
    let place = place(fields, is_wanted, allows_cleartext);
    // The name of the account whose token `serviceAccountToken` is. It decides nothing, in the draft neither.
    let _ = fields.text("serviceAccountName");
    let is_openshift = fields.flag("useOpenShiftOAuth");
    if !is_wanted {
        return None;
    }
    if is_openshift {
        let expected = "false, with issuer and keys of the tokens of service accounts: the tokens of OpenShift's own \
                        server are opaque, and to have them reviewed by the cluster is not supported";
        fields.problem("useOpenShiftOAuth", "true", expected);
    }
    if issuer.is_none() {
        fields.problem("oauthIssuer", "", "the issuer of the tokens, because enableOAuth is true");
    }
    if audience.is_none() {
        let expected =
            "whom tokens are for: without it, those that a client gave to any other service were good here";
        fields.problem("requiredAudience", "", expected);
    }
    let rules = TokenRules { issuer: issuer?, audience: audience?, scopes };
    Some(TokenDemand { rules, place: place? })
}

/// RFC 6749, 3.3: printable ASCII without space, quote and backslash.
fn scopes(fields: &mut Fields) -> Vec<String> {
    let scopes = fields.list("requiredScopes");
    for scope in &scopes {
        let is_scope = scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
        if scope.is_empty() || !is_scope {
            let expected = "scopes of printable ASCII without space, quote and backslash";
            fields.problem("requiredScopes", scope, expected);
        }
    }
    scopes
}

fn place(fields: &mut Fields, is_wanted: bool, allows_cleartext: bool) -> Option<KeyPlace> {
    let url = fields.text("oauthJWKSURL");
    let file = fields.text("oauthJWKSFile").map(PathBuf::from);
    let authorities = fields.text("oauthCACertPath").map(PathBuf::from);
    let token = fields.text("serviceAccountToken").map(PathBuf::from);
    if !is_wanted {
        return None;
    }
    match (url, file) {
        (Some(url), None) => {
            let url = key_url(fields, url, allows_cleartext)?;
            check_files(fields, authorities.as_ref(), token.as_ref());
            if token.is_some() && url.scheme() != "https" {
                let expected = "none: a token is sent to an https server only";
                fields.problem("serviceAccountToken", "a file", expected);
            }
            Some(KeyPlace::Server { url, authorities, token })
        }
        (None, Some(file)) => {
            let keys = issuer_keys::read(&file).and_then(|json| Ok(KeySet::parse(&json)?));
            if let Err(error) = keys {
                fields.problem("oauthJWKSFile", error.to_string(), "a file with a JSON Web Key set");
            }
            Some(KeyPlace::File(file))
        }
        (url, _) => {
            let expected = "the URL of the issuer's keys, or a file of them in oauthJWKSFile, and not both";
            fields.problem("oauthJWKSURL", url.unwrap_or_default(), expected);
            None
        }
    }
}

/// Who can change the keys on their way can sign any token. On the way to the own machine nobody can.
fn key_url(fields: &mut Fields, text: String, allows_cleartext: bool) -> Option<Url> {
    let url = Url::parse(&text).ok().filter(|url| match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => allows_cleartext || address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => allows_cleartext || address.is_loopback(),
        ("http", Some(Host::Domain(name))) => allows_cleartext || name == "localhost",
        _ => false,
    });
    if url.is_none() {
        fields.problem(
            "oauthJWKSURL",
            text,
            "an https URL; http only to this machine, or with allowCleartext",
        );
    }
    url
}

fn check_files(fields: &mut Fields, authorities: Option<&PathBuf>, token: Option<&PathBuf>) {
    if let Err(error) = issuer_keys::client(authorities) {
        let expected = "a PEM file with the authorities of the server of the keys";
        fields.problem("oauthCACertPath", error.to_string(), expected);
    }
    if let Some(Err(error)) = token.map(|path| issuer_keys::read(path)) {
        fields.problem(
            "serviceAccountToken",
            error.to_string(),
            "a file with a token for the server of the keys",
        );
    }
}

#[cfg(test)]
mod tests;
