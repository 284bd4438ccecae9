using System.IO.Compression;
using System.Security.Cryptography;
using GpuSer.IO;
using GpuSer.Reference;
using GpuSer.Training.Data;
using GpuSer.Training.Downloads;

namespace GpuSer.Training.Tests.Data;

public sealed class EmoDbDownloadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-get-").FullName;

    private string Target => Path.Combine(_folder, "emodb");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_archive_is_fetched_checked_unpacked_and_removed()
    {
        byte[] archive = Archive(EmoDbDownload.Recordings);
        using LocalServer server = new(request => LocalServer.File(request, archive, "\"1\""));

        EmoDbDownloadResult result = await EmoDbDownload.RunAsync(Target, server.Url);

        Assert.Equal(EmoDbDownload.Recordings, result.Corpus.Utterances.Count);
        Assert.Equal((archive.Length, Convert.ToHexStringLower(SHA256.HashData(archive))), (result.Archive.Bytes, result.Archive.Sha256));
        Assert.True(File.Exists(Path.Combine(Target, "erklaerung.txt")));
        Assert.False(result.ArchiveKept);
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task An_interrupted_download_is_gone_on_with()
    {
        byte[] archive = Archive(EmoDbDownload.Recordings);
        int asked = 0;
        using LocalServer server = new(request => LocalServer.File(request, archive, "\"1\"", cutAfter: asked++ == 0 ? 1000 : null));

        EmoDbDownloadResult result = await EmoDbDownload.RunAsync(Target, server.Url);

        Assert.Equal(1000, server.Requests[1].RangeStart);
        Assert.Equal(EmoDbDownload.Recordings, result.Corpus.Utterances.Count);
    }

    [Theory]
    [InlineData(534)]
    [InlineData(0)]
    public async Task Another_number_of_recordings_is_not_unpacked_and_not_fetched_again(int count)
    {
        byte[] archive = Archive(count);
        using LocalServer server = new(request => LocalServer.File(request, archive, "\"1\""));

        for (int run = 0; run < 2; run++)
        {
            TrainingException error = await Assert.ThrowsAsync<TrainingException>(() => EmoDbDownload.RunAsync(Target, server.Url));
            Assert.Contains($"holds {count} recordings", error.Message, StringComparison.Ordinal);
            Assert.Equal([Target + ".zip"], Directory.EnumerateFileSystemEntries(_folder));
        }

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Another_checksum_and_a_page_instead_of_an_archive_are_refused()
    {
        using LocalServer server = new(request => LocalServer.File(request, "<html>moved</html>"u8.ToArray(), "\"1\""));

        await Assert.ThrowsAsync<DownloadException>(() => EmoDbDownload.RunAsync(Target, server.Url, sha256: "00ff"));
        InvalidFileException error = await Assert.ThrowsAsync<InvalidFileException>(() => EmoDbDownload.RunAsync(Target, server.Url));

        Assert.Contains("no ZIP archive", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task An_archive_that_was_there_is_unpacked_and_kept()
    {
        byte[] archive = Archive(EmoDbDownload.Recordings);
        await File.WriteAllBytesAsync(Target + ".zip", archive);
        using LocalServer server = new(request => LocalServer.File(request, [], "\"1\""));

        EmoDbDownloadResult result = await EmoDbDownload.RunAsync(Target, server.Url);

        Assert.True(result.ArchiveKept);
        Assert.Equal(EmoDbDownload.Recordings, result.Corpus.Utterances.Count);
        Assert.Equal(archive, await File.ReadAllBytesAsync(Target + ".zip"));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("below/..")]
    public async Task The_folder_that_the_program_runs_in_is_refused_before_anything_is_fetched(string folder)
    {
        using LocalServer server = new(request => LocalServer.File(request, [], "\"1\""));

        InvalidFileException error = await Assert.ThrowsAsync<InvalidFileException>(() => EmoDbDownload.RunAsync(folder, server.Url));

        Assert.Contains("runs in", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("emodb/")]
    [InlineData("emodb/.")]
    [InlineData("x/../emodb")]
    public async Task However_the_folder_is_written_the_archive_lies_beside_it(string written)
    {
        byte[] archive = Archive(EmoDbDownload.Recordings);
        using LocalServer server = new(request => LocalServer.File(request, archive, "\"1\""));

        EmoDbDownloadResult result = await EmoDbDownload.RunAsync($"{_folder}/{written}", server.Url);

        Assert.Equal(Target + ".zip", result.Archive.Path);
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_folder_in_use_is_told_before_anything_is_fetched()
    {
        using LocalServer server = new(request => LocalServer.File(request, [], "\"1\""));
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "03a01Fa.wav"), "kept");

        await Assert.ThrowsAsync<InvalidFileException>(() => EmoDbDownload.RunAsync(Target, server.Url));

        Assert.Empty(server.Requests);
    }

    /// <summary>An archive of empty recordings: names are all that is looked at.</summary>
    private static byte[] Archive(int recordings)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("erklaerung.txt");
            for (int i = 0; i < recordings; i++)
            {
                zip.CreateEntry($"wav/{3 + (i % 14):00}a{i / 98:00}{"ATEWLNF"[i / 14 % 7]}a.wav");
            }
        }

        return bytes.ToArray();
    }
}
