//! The server's end of NTLM, version 2: MS-NLMP as far as a login needs it. Nothing is signed or sealed afterwards, so
//! no session key is derived and the client's message integrity code is not looked at: the proof of the password is.

use std::hash::{BuildHasher, Hasher, RandomState};

use hmac::{Hmac, KeyInit, Mac};
use md4::{Digest, Md4};
use md5::Md5;

const SIGNATURE: &[u8] = b"NTLMSSP\0";

const UNICODE: u32 = 0x1;
const REQUEST_TARGET: u32 = 0x4;
const NTLM: u32 = 0x200;
const TARGET_TYPE_DOMAIN: u32 = 0x1_0000;
const EXTENDED_SESSION_SECURITY: u32 = 0x8_0000;
const TARGET_INFO: u32 = 0x80_0000;
const VERSION: u32 = 0x200_0000;
/// What is granted if it is asked for: sign, seal, always sign, 128 bit, key exchange, 56 bit.
const ON_REQUEST: u32 = 0x10 | 0x20 | 0x8000 | 0x2000_0000 | 0x4000_0000 | 0x8000_0000;

const NAME: &str = "SIMULATED";
/// An arbitrary instant: the time in a challenge is only ever sent back.
const TIME: u64 = 0x01DC_0000_0000_0000;

/// The flags of a first message, if it is one.
pub(super) fn hello(token: &[u8]) -> Option<u32> {
    let rest = token.strip_prefix(SIGNATURE)?;
    (number(rest, 0)? == 1).then(|| number(rest, 4)).flatten()
}

/// The question to which a login is the answer.
#[derive(Debug)]
pub(super) struct Challenge([u8; 8]);

impl Challenge {
    /// A new one, and the message that carries it.
    pub(super) fn new(asked: u32) -> (Self, Vec<u8>) {
        // The standard library seeds its hashers at random, and nobody else in here needs chance.
        let challenge = RandomState::new().build_hasher().finish().to_le_bytes();
        (Self(challenge), message(asked, challenge))
    }

    /// Whether the proof was made with this password.
    pub(super) fn is_met(&self, proof: &Proof, password: &str) -> bool {
        let Some((answer, blob)) = proof.response.split_at_checked(16) else { return false };
        // An answer of 24 bytes is version 1, which no server takes any more.
        if proof.response.len() < 44 {
            return false;
        }
        let hash = Md4::digest(utf16(password));
        let key = hmac(&hash, &[&utf16(&proof.user.to_uppercase()), &utf16(&proof.domain)]);
        hmac(&key, &[&self.0, blob]) == answer
    }
}

fn message(asked: u32, challenge: [u8; 8]) -> Vec<u8> {
    let flags =
        UNICODE | REQUEST_TARGET | NTLM | TARGET_TYPE_DOMAIN | EXTENDED_SESSION_SECURITY | TARGET_INFO | VERSION;
    let (name, info) = (utf16(NAME), target_info());
    let mut message = SIGNATURE.to_vec();
    message.extend(2_u32.to_le_bytes());
    message.extend(field(name.len(), 56));
    message.extend((flags | asked & ON_REQUEST).to_le_bytes());
    message.extend(challenge);
    message.extend([0; 8]);
    message.extend(field(info.len(), 56 + name.len()));
    message.extend([10, 0, 0x63, 0x45, 0, 0, 0, 15]);
    message.extend(name);
    message.extend(info);
    message
}

/// The names of the server, and a time.
fn target_info() -> Vec<u8> {
    let mut info = Vec::new();
    let names = [(2_u16, NAME), (1, NAME), (4, "simulated.example"), (3, "exchange.simulated.example")];
    for (id, name) in names {
        let name = utf16(name);
        info.extend(id.to_le_bytes());
        info.extend(length(name.len()));
        info.extend(name);
    }
    info.extend([7, 0, 8, 0]);
    info.extend(TIME.to_le_bytes());
    info.extend([0; 4]);
    info
}

/// Length, room and place of a value.
fn field(size: usize, offset: usize) -> [u8; 8] {
    let ([a, b], [c, d]) = (length(size), length(offset));
    [a, b, a, b, c, d, 0, 0]
}

fn length(size: usize) -> [u8; 2] {
    u16::try_from(size).unwrap_or(u16::MAX).to_le_bytes()
}

/// What a third message says.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) user: String,
    domain: String,
    response: Vec<u8>,
}

impl Proof {
    pub(super) fn read(token: &[u8]) -> Option<Self> {
        let rest = token.strip_prefix(SIGNATURE)?;
        if number(rest, 0)? != 3 {
            return None;
        }
        let wide = number(token, 60).is_none_or(|flags| flags & UNICODE != 0);
        let text = |at| value(token, at).map(|bytes| if wide { from_utf16(bytes) } else { from_latin1(bytes) });
        Some(Self { response: value(token, 20)?.to_vec(), domain: text(28)?, user: text(36)? })
    }
}

fn value(token: &[u8], at: usize) -> Option<&[u8]> {
    let size = usize::from(u16::from_le_bytes(token.get(at..at + 2)?.try_into().ok()?));
    let offset = usize::try_from(number(token, at + 4)?).ok()?;
    token.get(offset..offset.checked_add(size)?)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    // A key of any length is good for this one.
    let Ok(mut mac) = Hmac::<Md5>::new_from_slice(key) else { return [0; 16] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn from_utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn from_latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of MS-NLMP, section 4.2.4: user `User`, domain `Domain`, password `Password`.
    #[test]
    fn the_example_of_the_specification_holds() {
        let challenge = Challenge([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        let answer = [0x68, 0xcd, 0x0a, 0xb8, 0x51, 0xe5, 0x1c, 0x96, 0xaa, 0xbc, 0x92, 0x7b, 0xeb, 0xef, 0x6a, 0x1c];
        let mut blob = vec![1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        blob.extend([0xaa; 8]);
        blob.extend([0; 4]);
        for (id, name) in [(2_u8, "Domain"), (1, "Server")] {
            blob.extend([id, 0, 12, 0]);
            blob.extend(utf16(name));
        }
        blob.extend([0; 8]);
        let proof = Proof { user: "User".into(), domain: "Domain".into(), response: [answer.to_vec(), blob].concat() };
        assert!(challenge.is_met(&proof, "Password"));
        assert!(!challenge.is_met(&proof, "password"));
        assert!(!Challenge([0; 8]).is_met(&proof, "Password"));
    }

    #[test]
    fn tokens_that_are_cut_or_point_outside_are_refused() {
        let (_, message) = Challenge::new(u32::MAX);
        assert!(hello(&message).is_none() && Proof::read(&message).is_none());
        let mut third = [SIGNATURE, &3_u32.to_le_bytes(), &[0xff; 60]].concat();
        assert!(Proof::read(&third).is_none());
        third.truncate(30);
        assert!(Proof::read(&third).is_none() && hello(&third).is_none());
    }
}
