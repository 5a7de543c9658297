//! A program of two objects: this one votes and prints, `tally.zig` counts.
const std = @import("std");

const Name = extern struct { text: [*]const u8, len: usize };
const Candidate = extern struct { name: Name, votes: u32 };

extern var candidates: [3]Candidate;
extern var spoilt: u32;
extern fn vote(name: Name) void;
extern fn settle(before: *const fn (*const Candidate, *const Candidate) callconv(.c) bool) void;
extern "wasi_snapshot_preview1" fn fd_write(fd: i32, pieces: [*]const Name, count: usize, written: *usize) u16;

const ballots = [_][]const u8{ "grace", "ada", "nobody", "grace", "barbara", "grace", "ada" };

fn print(comptime format: []const u8, values: anytype) void {
    var line: [80]u8 = undefined;
    const text = std.fmt.bufPrint(&line, format ++ "\n", values) catch "?\n";
    var written: usize = 0;
    _ = fd_write(1, &.{.{ .text = text.ptr, .len = text.len }}, 1, &written);
}

fn moreVotes(a: *const Candidate, b: *const Candidate) callconv(.c) bool {
    return a.votes > b.votes;
}

export fn _start() void {
    for (ballots) |name| vote(.{ .text = name.ptr, .len = name.len });
    settle(moreVotes);
    for (candidates) |candidate| {
        print("{s}: {d}", .{ candidate.name.text[0..candidate.name.len], candidate.votes });
    }
    print("spoilt: {d}", .{spoilt});
}
