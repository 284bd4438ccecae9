using System.IO.Compression;
using System.Text;
using GpuSer.IO;

namespace GpuSer.Tests.IO;

public sealed class ZipFolderTests : IDisposable
{
    private static readonly ZipLimits Limits = new(10, 1000);

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-zip-").FullName;

    private string Target => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_come_out_as_they_went_in()
    {
        string archive = Pack(("a.txt", "first"), ("b/c d.txt", "second"), ("b/empty.txt", ""), ("e/", ""));
        Directory.CreateDirectory(Target);
        string? seen = null;

        int files = ZipFolder.Extract(archive, Target, Limits, folder => seen = File.ReadAllText(Path.Combine(folder, "b", "c d.txt")));

        Assert.Equal(3, files);
        Assert.Equal("first", File.ReadAllText(Path.Combine(Target, "a.txt")));
        Assert.Equal("second", seen);
        Assert.True(Directory.Exists(Path.Combine(Target, "e")));
        AssertNothingElse("a.zip", "out");
    }

    [Theory]
    [InlineData("../escaped.txt", "leads out")]
    [InlineData("a/../../escaped.txt", "leads out")]
    [InlineData("/tmp/escaped.txt", "leads out")]
    [InlineData("..\\escaped.txt", "leads out")]
    [InlineData("a.txt", "twice")]
    public void Names_that_escape_or_come_twice_are_refused_whole(string name, string reason)
    {
        AssertRefused(Pack(("a.txt", "first"), (name, "second")), reason);
    }

    [Fact]
    public void Links_are_refused()
    {
        string archive = Pack(("a.txt", "/etc"));
        using (ZipArchive zip = ZipFile.Open(archive, ZipArchiveMode.Update))
        {
            zip.Entries[0].ExternalAttributes = unchecked((int)0xA1FF0000);
        }

        AssertRefused(archive, "a link");
    }

    [Fact]
    public void Too_many_entries_are_refused()
    {
        AssertRefused(Pack([.. Enumerable.Range(0, 11).Select(i => ($"{i}", ""))]), "11 entries");
    }

    [Fact]
    public void Too_many_bytes_are_refused()
    {
        AssertRefused(Pack(("a", new string('x', 600)), ("b", new string('x', 401))), "more bytes");
    }

    [Fact]
    public void A_directory_that_understates_its_sizes_does_not_get_round_the_limit()
    {
        string archive = Pack(("bomb", new string('x', 100_000)));
        byte[] bytes = File.ReadAllBytes(archive);
        int changed = 0;
        for (int at = 0; at + 4 <= bytes.Length; at++)
        {
            if (BitConverter.ToInt32(bytes, at) == 100_000)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(at), 10);
                changed++;
            }
        }

        File.WriteAllBytes(archive, bytes);
        Assert.True(changed > 0);
        AssertRefused(archive, "a.zip");
    }

    [Fact]
    public void Every_truncation_is_refused_and_no_flipped_bit_changes_what_a_file_holds()
    {
        (string Name, string Text)[] files = [("a.txt", "first"), ("b/c.txt", "second file")];
        string archive = Pack(files);
        byte[] whole = File.ReadAllBytes(archive);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(archive, whole[..length]);
            AssertRefused(archive, "a.zip");
        }

        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(archive, flipped);
            try
            {
                ZipFolder.Extract(archive, Target, Limits);
            }
            catch (InvalidFileException)
            {
                Assert.False(Directory.Exists(Target));
                continue;
            }

            // A name, a date or an attribute may change unseen, or a file become a folder: what a file holds may not.
            string[] texts = [.. files.Select(file => file.Text)];
            Assert.All(Directory.GetFiles(Target, "*", SearchOption.AllDirectories), file => Assert.Contains(File.ReadAllText(file), texts));
            Directory.Delete(Target, recursive: true);
        }
    }

    [Fact]
    public void A_failed_check_leaves_nothing()
    {
        AssertRefused(Pack(("a.txt", "first")), "not right", _ => throw new InvalidFileException("a.zip", "not right"));
    }

    [Fact]
    public void A_folder_in_use_stays()
    {
        string archive = Pack(("a.txt", "first"));
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "mine"), "kept");

        Assert.Contains("--out", Assert.Throws<InvalidFileException>(() => ZipFolder.Extract(archive, Target, Limits)).Message, StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(Path.Combine(Target, "mine")));
    }

    private void AssertRefused(string archive, string reason, Action<string>? verify = null)
    {
        Assert.Contains(reason, Assert.Throws<InvalidFileException>(() => ZipFolder.Extract(archive, Target, Limits, verify)).Message, StringComparison.Ordinal);
        AssertNothingElse("a.zip");
    }

    private void AssertNothingElse(params string[] names) =>
        Assert.Equal(names, Directory.EnumerateFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order());

    private string Pack(params (string Name, string Text)[] files)
    {
        string path = Path.Combine(_folder, "a.zip");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, string text) in files)
        {
            using Stream entry = zip.CreateEntry(name).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }

        return path;
    }
}
