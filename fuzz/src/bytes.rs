//! Numbers from the bytes of an input; when they are used up, zeros.

pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// One of `0..sides`.
    pub(crate) fn roll(&mut self, sides: u8) -> u8 {
        self.byte() % sides.max(1)
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.byte()) % from.len()]
    }

    /// A number of seconds: mostly few, sometimes many.
    pub(crate) fn seconds(&mut self) -> u32 {
        match self.byte() {
            byte @ 0..200 => u32::from(byte),
            byte => u32::from(byte - 199) * u32::from(self.byte()).pow(2),
        }
    }
}
