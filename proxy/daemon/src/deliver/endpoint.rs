//! What an `EndpointUri` says, parsed once: where to send, and that it may be sent there.

use super::policy::EndpointPolicy;
use std::net::IpAddr;
use url::{Host, Url};

/// An `EndpointUri` that a policy allows, as far as its text can tell.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    url: Url,
}

/// Why an `EndpointUri` is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EndpointError {
    /// The parser of URLs would silently drop some of these.
    #[error("it contains blanks or control characters")]
    Blank,
    /// No URI.
    #[error("{0}")]
    Malformed(#[from] url::ParseError),
    /// A relative reference, or something that only a browser would mend.
    #[error("it is not an absolute URI with a host")]
    NotAbsolute,
    /// Another scheme.
    #[error("it is neither an http nor an https URI")]
    Scheme,
    /// They would be shown to everybody who lists subscriptions.
    #[error("it contains credentials")]
    Credentials,
    /// An absolute URI has none (RFC 3986, 4.3), and it is never sent.
    #[error("it has a fragment")]
    Fragment,
    /// Nothing can listen there.
    #[error("its port is 0")]
    Port,
    /// The policy can never allow it.
    #[error("its host {host} is not allowed by --endpoint-policy or --api-profile")]
    Host {
        /// As a URL has it.
        host: String,
    },
}

impl Endpoint {
    /// Reads an `EndpointUri`.
    pub(crate) fn parse(text: &str, policy: &EndpointPolicy) -> Result<Self, EndpointError> {
        if text.contains(|character: char| character.is_whitespace() || character.is_control()) {
            return Err(EndpointError::Blank);
        }
        let url = Url::parse(text)?;
        // The parser would mend what browsers mend: `http:host`, `http:///host` and backslashes.
        let after_scheme = text.get(url.scheme().len()..).and_then(|rest| rest.strip_prefix("://"));
        if after_scheme.is_none_or(|rest| rest.starts_with('/')) || text.contains('\\') {
            return Err(EndpointError::NotAbsolute);
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError::Scheme);
        }
        let authority = after_scheme.and_then(|rest| rest.split(['/', '?', '#']).next());
        if authority.is_some_and(|authority| authority.contains('@')) {
            return Err(EndpointError::Credentials);
        }
        if url.fragment().is_some() {
            return Err(EndpointError::Fragment);
        }
        if url.port() == Some(0) {
            return Err(EndpointError::Port);
        }
        let is_allowed = match url.host() {
            Some(Host::Domain(name)) => policy.allows_name(name),
            Some(Host::Ipv4(address)) => policy.allows_address(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => policy.allows_address(IpAddr::V6(address)),
            None => return Err(EndpointError::NotAbsolute),
        };
        if is_allowed {
            Ok(Self { url })
        } else {
            Err(EndpointError::Host { host: url.host_str().unwrap_or_default().to_owned() })
        }
    }

    /// Where to send.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Its host, if that is a name.
    pub(super) fn name(&self) -> Option<&str> {
        match self.url.host() {
            Some(Host::Domain(name)) => Some(name),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => None,
        }
    }

    /// Whether it is on this host, whatever a resolver says.
    pub(super) fn is_local(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name.strip_suffix('.').unwrap_or(name) == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, EndpointError, EndpointPolicy};

    fn by_default(text: &str) -> Result<Endpoint, EndpointError> {
        Endpoint::parse(text, &EndpointPolicy::parse("cluster,private").unwrap())
    }

    #[test]
    fn an_endpoint_is_an_absolute_http_or_https_uri() {
        for text in [
            "http://consumer:9043/event",
            "https://consumer/event",
            "http://127.0.0.1:1/",
            "http://[::1]:80/x",
            "HTTP://Host/a?b=1",
            "http://host?mail=a@b",
        ] {
            assert!(by_default(text).is_ok(), "{text}");
        }
        for (text, expected) in [
            ("", EndpointError::Malformed(url::ParseError::RelativeUrlWithoutBase)),
            ("not a uri", EndpointError::Blank),
            ("/rel", EndpointError::Malformed(url::ParseError::RelativeUrlWithoutBase)),
            ("ftp://host/x", EndpointError::Scheme),
            ("http://[::1", EndpointError::Malformed(url::ParseError::InvalidIpv6Address)),
            ("http://", EndpointError::Malformed(url::ParseError::EmptyHost)),
            ("http://a b/", EndpointError::Blank),
            ("http://a/\u{7}", EndpointError::Blank),
            ("mailto:a@b", EndpointError::NotAbsolute),
            ("http:host/", EndpointError::NotAbsolute),
            ("http:///host/", EndpointError::NotAbsolute),
            ("http:\\\\host\\x", EndpointError::NotAbsolute),
            ("http://host\\x/", EndpointError::NotAbsolute),
        ] {
            assert_eq!(by_default(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn credentials_fragments_and_port_0_are_refused() {
        for (text, expected) in [
            ("http://user:password@consumer/", EndpointError::Credentials),
            ("http://user@consumer/", EndpointError::Credentials),
            ("http://@consumer/", EndpointError::Credentials),
            ("http://consumer@169.254.169.254/", EndpointError::Credentials),
            ("http://consumer/#part", EndpointError::Fragment),
            ("http://consumer:0/", EndpointError::Port),
            ("https://consumer:0/", EndpointError::Port),
        ] {
            assert_eq!(by_default(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn an_address_is_judged_by_what_it_means_and_not_by_how_it_is_written() {
        for (text, host) in [
            ("http://169.254.169.254/", "169.254.169.254"),
            ("http://169.254.169.254./", "169.254.169.254"),
            ("http://2852039166/", "169.254.169.254"),
            ("http://0xa9.0xfe.0xa9fe/", "169.254.169.254"),
            ("http://0251.0376.0251.0376/", "169.254.169.254"),
            ("http://\u{ff11}69.254.169.254/", "169.254.169.254"),
            ("http://169.254.169.%32%354/", "169.254.169.254"),
            ("http://0/", "0.0.0.0"),
            ("http://134744072/", "8.8.8.8"),
            ("http://[::ffff:169.254.169.254]/", "[::ffff:a9fe:a9fe]"),
            ("http://[::ffff:8.8.8.8]/", "[::ffff:808:808]"),
            ("http://[fe80::1]/", "[fe80::1]"),
            ("http://consumer.example.com@8.8.8.8/", ""),
        ] {
            let expected = match host {
                "" => EndpointError::Credentials,
                host => EndpointError::Host { host: host.to_owned() },
            };
            assert_eq!(by_default(text).unwrap_err(), expected, "{text}");
        }
        for text in ["http://2130706433/", "http://0x7f.1/", "http://127.1:80/", "http://[::ffff:10.0.0.1]/"]
        {
            assert!(by_default(text).is_ok(), "{text}");
        }
        assert!(by_default("http://[fe80::1%25eth0]/").is_err());
    }

    #[test]
    fn by_the_letter_of_the_specification_endpoints_are_local() {
        let parse = |text| Endpoint::parse(text, &EndpointPolicy::localhost());
        assert!(parse("http://localhost:9085/event").is_ok());
        assert!(parse("https://localhost:9085/event").is_ok());
        for text in ["http://127.0.0.1:9085/event", "http://[::1]/", "http://consumer:9085/event"] {
            assert!(matches!(parse(text), Err(EndpointError::Host { .. })), "{text}");
        }
    }
}
