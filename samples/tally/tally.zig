//! Votes and their counts: exported variables, slices, a comparison passed as a function.
const std = @import("std");

pub const Name = extern struct {
    text: [*]const u8,
    len: usize,

    pub fn of(comptime text: []const u8) Name {
        return .{ .text = text.ptr, .len = text.len };
    }

    pub fn slice(name: Name) []const u8 {
        return name.text[0..name.len];
    }
};

pub const Candidate = extern struct { name: Name, votes: u32 = 0 };

/// Named by the other object, which prints it.
export var candidates = [_]Candidate{
    .{ .name = .of("ada") },
    .{ .name = .of("grace") },
    .{ .name = .of("barbara") },
};

/// How often somebody voted for nobody.
export var spoilt: u32 = 0;

export fn vote(name: Name) void {
    for (&candidates) |*candidate| {
        if (std.mem.eql(u8, candidate.name.slice(), name.slice())) {
            candidate.votes += 1;
            return;
        }
    }
    spoilt += 1;
}

export fn settle(before: *const fn (*const Candidate, *const Candidate) callconv(.c) bool) void {
    for (1..candidates.len) |end| {
        var at = end;
        while (at > 0 and before(&candidates[at], &candidates[at - 1])) : (at -= 1) {
            std.mem.swap(Candidate, &candidates[at], &candidates[at - 1]);
        }
    }
}
