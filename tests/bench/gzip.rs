//! A small gzip compressor: matches by a hash table, and the fixed Huffman codes of RFC 1951.

/// Longest match, one less than the format allows: the longest of all has a code outside the scheme of the others.
const LONGEST: usize = 257;
const FARTHEST: usize = 32_768;

/// The start of a gzip stream, to which [`Start::end`] adds a text that isn't known yet.
pub struct Start {
    pub bytes: Vec<u8>,
    crc: u32,
    length: u32,
}

impl Start {
    pub fn compress(text: &[u8]) -> Start {
        let mut bits = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], pending: 0, count: 0 };
        bits.low_first(0b010, 3); // a block with fixed codes, and not the last one
        let mut seen = vec![usize::MAX; 1 << 15];
        let mut at = 0;
        while at < text.len() {
            let (length, distance) = find(text, at, &mut seen);
            if length < 4 {
                bits.literal(text[at].into());
                at += 1;
            } else {
                bits.copy(length, distance);
                at += length;
            }
        }
        bits.literal(256); // the end of the block
        bits.low_first(0b001, 3); // the last block, stored as it is from the next whole byte on
        bits.low_first(0, (8 - bits.count % 8) % 8);
        Start { bytes: bits.bytes, crc: crc32(0, text), length: text.len() as u32 }
    }

    /// The rest of the stream, where `text` is all that follows.
    pub fn end(&self, text: &[u8]) -> Vec<u8> {
        let length = text.len() as u16;
        let mut bytes = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
        bytes.extend(text);
        bytes.extend(crc32(self.crc, text).to_le_bytes());
        bytes.extend((self.length + u32::from(length)).to_le_bytes());
        bytes
    }
}

/// The length and distance of what stands at `at` and stood before, as far as `seen` remembers it.
fn find(text: &[u8], at: usize, seen: &mut [usize]) -> (usize, usize) {
    let Some(key) = text[at..].first_chunk() else { return (0, 0) };
    let slot = u32::from_le_bytes(*key).wrapping_mul(0x9e37_79b1) >> 17;
    let before = std::mem::replace(&mut seen[slot as usize], at);
    if before == usize::MAX || at - before > FARTHEST {
        return (0, 0);
    }
    let pairs = text[before..].iter().zip(&text[at..]).take(LONGEST);
    (pairs.take_while(|(one, other)| one == other).count(), at - before)
}

struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    fn low_first(&mut self, value: usize, width: u32) {
        self.pending |= (value as u64) << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// As Huffman codes are written.
    fn high_first(&mut self, code: usize, width: u32) {
        self.low_first(code.reverse_bits() >> (usize::BITS - width), width);
    }

    fn literal(&mut self, symbol: usize) {
        match symbol {
            0..144 => self.high_first(0x30 + symbol, 8),
            144..256 => self.high_first(0x190 + symbol - 144, 9),
            256..280 => self.high_first(symbol - 256, 7),
            _ => self.high_first(0xc0 + symbol - 280, 8),
        }
    }

    fn copy(&mut self, length: usize, distance: usize) {
        let (code, extra, width) = bucket(length - 3, 2);
        self.literal(257 + code);
        self.low_first(extra, width);
        let (code, extra, width) = bucket(distance - 1, 1);
        self.high_first(code, 5);
        self.low_first(extra, width);
    }
}

/// The code of a length or a distance, and the bits that follow it: codes double their width every `1 << steps`.
fn bucket(value: usize, steps: u32) -> (usize, usize, u32) {
    let width = value.max(1).ilog2().saturating_sub(steps);
    let code = ((width as usize) << steps) + (value >> width);
    (code, value & ((1 << width) - 1), width)
}

fn crc32(before: u32, bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!before, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}
