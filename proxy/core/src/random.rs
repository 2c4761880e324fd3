//! Identifiers: version 4 UUIDs from a seeded generator.
//!
//! The generator is named (ChaCha8), so that a seed gives the same identifiers on every machine and in every
//! release.

use crate::{EventId, SubscriptionId};
use alloc::string::ToString;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Draws identifiers.
#[derive(Debug)]
pub(crate) struct Identifiers(ChaCha8Rng);

impl Identifiers {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self(ChaCha8Rng::from_seed(seed))
    }

    pub(crate) fn event(&mut self) -> EventId {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        // RFC 9562, 5.4: version 4 in the high bits of byte 6, the variant in those of byte 8.
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        EventId(bytes)
    }

    pub(crate) fn subscription(&mut self) -> SubscriptionId {
        SubscriptionId(self.event().to_string())
    }
}
