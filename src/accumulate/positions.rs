//! Where each of many names stands, found at once however many there are. A table of our own, for the standard library's maps
//! bring several KB along.

/// A number for each name.
#[derive(Debug, Default, Clone)]
pub struct Positions {
    entries: Vec<(String, usize)>,
    /// One more than the place of an entry in `entries`, at the name's hash or in the next cell that was free; 0 is free. At
    /// most half is taken.
    cells: Vec<u32>,
}

impl Positions {
    /// The number of this name.
    pub fn get(&self, name: &str) -> Option<usize> {
        self.entry(self.cell(name)).map(|(_, number)| *number)
    }

    /// Gives the name this number, be it known or not.
    pub fn set(&mut self, name: &str, number: usize) {
        if (self.entries.len() + 1) * 2 > self.cells.len() {
            self.grow();
        }
        let cell = self.cell(name);
        let taken = self.cells.get(cell).copied().unwrap_or(0);
        if let Some((_, known)) = (taken as usize).checked_sub(1).and_then(|at| self.entries.get_mut(at)) {
            *known = number;
            return;
        }
        self.entries.push((name.to_owned(), number));
        if let Some(free) = self.cells.get_mut(cell) {
            *free = self.entries.len() as u32;
        }
    }

    fn entry(&self, cell: usize) -> Option<&(String, usize)> {
        let at = (*self.cells.get(cell)? as usize).checked_sub(1)?;
        self.entries.get(at)
    }

    /// The cell that has the name, or is free for it.
    fn cell(&self, name: &str) -> usize {
        let mask = self.cells.len().wrapping_sub(1);
        let mut cell = hash(name) & mask;
        while self.entry(cell).is_some_and(|(known, _)| known != name) {
            cell = (cell + 1) & mask;
        }
        cell
    }

    fn grow(&mut self) {
        self.cells = vec![0; (self.cells.len() * 2).max(8)];
        for at in 0..self.entries.len() {
            let Some((name, _)) = self.entries.get(at) else { continue };
            let cell = self.cell(name);
            if let Some(free) = self.cells.get_mut(cell) {
                *free = at as u32 + 1;
            }
        }
    }
}

/// FNV-1a, its upper bits folded in.
fn hash(name: &str) -> usize {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    (hash ^ (hash >> 32)) as usize
}
