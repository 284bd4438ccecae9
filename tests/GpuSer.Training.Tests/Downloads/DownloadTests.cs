using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GpuSer.IO;
using GpuSer.Reference;
using GpuSer.Training.Downloads;

namespace GpuSer.Training.Tests.Downloads;

public sealed class DownloadTests : IDisposable
{
    private const string Tag = "\"one\"";

    // Several of the chunks that are read at a time, and no whole number of them.
    private static readonly byte[] Content = Bytes(1, 700_001);
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-download-").FullName;

    private string Target => Path.Combine(_folder, "new", "file.bin");

    private string Part => Target + ".part";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_whole_file_arrives_checked_and_alone()
    {
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));
        Steps steps = new();

        DownloadResult result = await Plan(server).RunAsync(steps);

        Assert.Equal(new DownloadResult(Target, Content.Length, Sha256, Content.Length), result);
        AssertWhole();
        Assert.Equal("/file.bin", Assert.Single(server.Requests).Path);
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), steps.All[^1]);
        Assert.Equal(steps.All.Select(step => step.Bytes).Order(), steps.All.Select(step => step.Bytes));
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_taken_up_where_it_ended()
    {
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag, request.RangeStart is null ? 300_000 : null));

        DownloadResult result = await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal(Content.Length, result.Fetched);
        Assert.Equal([null, 300_000L], server.Requests.Select(request => request.RangeStart));
        Assert.Equal(Tag, server.Requests[1].Headers["if-range"]);
    }

    [Fact]
    public async Task A_mark_that_cannot_be_written_leaves_the_part_closed()
    {
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));
        Directory.CreateDirectory($"{Part}.tag.{Environment.ProcessId}{AtomicFile.TemporaryExtension}");

        await Assert.ThrowsAsync<InvalidFileException>(() => Plan(server).RunAsync());

        using FileStream alone = new(Part, FileMode.Open, FileAccess.Write, FileShare.None);
    }

    [Fact]
    public async Task The_next_run_goes_on_with_an_interrupted_one()
    {
        using LocalServer server = await InterruptedAsync(300_000);
        Assert.Equal(Content[..300_000], File.ReadAllBytes(Part));
        Assert.False(File.Exists(Target));
        server.Answering = request => LocalServer.File(request, Content, Tag);
        Steps steps = new();

        DownloadResult result = await Plan(server).RunAsync(steps);

        AssertWhole();
        Assert.Equal(Content.Length - 300_000, result.Fetched);
        Assert.Equal(300_000, Assert.Single(server.Requests.Skip(1)).RangeStart);
        Assert.True(steps.All[0].Bytes > 300_000);
        Assert.Equal(Content.Length, steps.All[0].Total);
    }

    [Fact]
    public async Task A_part_that_is_whole_already_only_gets_its_name()
    {
        using LocalServer server = await InterruptedAsync(300_000);
        File.WriteAllBytes(Part, Content);
        server.Answering = request => LocalServer.File(request, Content, Tag);

        DownloadResult result = await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal(0, result.Fetched);
    }

    [Fact]
    public async Task A_server_without_ranges_gives_the_file_anew()
    {
        using LocalServer server = await InterruptedAsync(300_000);
        server.Answering = _ => new LocalServer.Answer("200 OK", Content, []);

        DownloadResult result = await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal(Content.Length, result.Fetched);
    }

    [Fact]
    public async Task A_file_that_changed_meanwhile_is_fetched_anew()
    {
        using LocalServer server = await InterruptedAsync(300_000, Bytes(2, Content.Length), "\"old\"");
        server.Answering = request => LocalServer.File(request, Content, Tag);

        await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal("\"old\"", Assert.Single(server.Requests.Skip(1)).Headers["if-range"]);
    }

    [Theory]
    [InlineData("206 Partial Content", "Content-Range: bytes 300000-700000/700001", "ETag: \"other\"")]
    [InlineData("206 Partial Content", "Content-Range: bytes 1-700000/700001", "ETag: \"one\"")]
    [InlineData("206 Partial Content", "Accept-Ranges: bytes", "ETag: \"one\"")]
    [InlineData("416 Range Not Satisfiable", "Content-Range: bytes */200000", "ETag: \"one\"")]
    [InlineData("416 Range Not Satisfiable", "Accept-Ranges: bytes", "ETag: \"one\"")]
    public async Task Answers_that_do_not_fit_the_part_begin_anew(string status, string range, string tag)
    {
        using LocalServer server = await InterruptedAsync(300_000);
        server.Answering = request => request.RangeStart is null
            ? LocalServer.File(request, Content, Tag)
            : new LocalServer.Answer(status, Bytes(3, 400_001), [range, tag]);

        await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal([300_000L, null], server.Requests.Skip(1).Select(request => request.RangeStart));
    }

    [Fact]
    public async Task Without_a_mark_of_the_version_nothing_is_gone_on_with()
    {
        int answers = 0;
        using LocalServer server = new(_ => new LocalServer.Answer("200 OK", Content, ["ETag: W/\"weak\""], answers++ == 0 ? 300_000 : null));

        await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal([null, null], server.Requests.Select(request => request.RangeStart));
    }

    [Fact]
    public async Task The_time_of_change_serves_as_a_mark()
    {
        const string time = "Wed, 21 Oct 2015 07:28:00 GMT";
        using LocalServer server = new(request => request.RangeStart is null
            ? new LocalServer.Answer("200 OK", Content, [$"Last-Modified: {time}"], 300_000)
            : new LocalServer.Answer("206 Partial Content", Content[300_000..], [$"Last-Modified: {time}", "Content-Range: bytes 300000-700000/700001"]));

        await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal(time, server.Requests[1].Headers["if-range"]);
    }

    [Fact]
    public async Task A_part_of_another_address_is_not_gone_on_with()
    {
        using LocalServer server = await InterruptedAsync(300_000), other = new(request => LocalServer.File(request, Content, Tag));

        await Plan(other).RunAsync();

        AssertWhole();
        Assert.Null(Assert.Single(other.Requests).RangeStart);
    }

    [Fact]
    public async Task Redirections_are_followed()
    {
        using LocalServer server = new(request => request.Path == "/file.bin"
            ? new LocalServer.Answer("302 Found", [], ["Location: /elsewhere"])
            : LocalServer.File(request, Content, Tag, request.RangeStart is null ? 300_000 : null));

        await Plan(server).RunAsync();

        AssertWhole();
        Assert.Equal([null, null, 300_000, 300_000L], server.Requests.Select(request => request.RangeStart));
    }

    [Fact]
    public async Task A_wrong_checksum_is_told_and_nothing_is_left()
    {
        using LocalServer server = new(request => LocalServer.File(request, Bytes(4, 1000), Tag));

        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => Plan(server).RunAsync());

        Assert.StartsWith($"{server.Url}file.bin: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(Sha256[..8], error.Message, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Bytes(4, 1000))), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task Without_a_checksum_the_file_is_taken_as_it_comes()
    {
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));

        DownloadResult result = await new Download(Options(server) with { Sha256 = null }).RunAsync();

        AssertWhole();
        Assert.Equal(Sha256, result.Sha256);
    }

    [Fact]
    public async Task A_server_that_always_breaks_off_is_given_up_and_the_part_kept()
    {
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag, 1000));

        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => new Download(Options(server) with { Resumptions = 3 }).RunAsync());

        Assert.Contains("4,000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(Content[..4000], File.ReadAllBytes(Part));
    }

    [Fact]
    public async Task A_file_that_is_not_there_leaves_nothing()
    {
        using LocalServer server = new(_ => new LocalServer.Answer("404 Not Found", [1, 2, 3], []));

        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => Plan(server).RunAsync());

        Assert.Contains("404 (Not Found)", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task An_error_of_the_server_keeps_the_part()
    {
        using LocalServer server = await InterruptedAsync(300_000);
        server.Answering = _ => new LocalServer.Answer("503 Service Unavailable", [], []);

        await Assert.ThrowsAsync<DownloadException>(() => Plan(server).RunAsync());

        Assert.Equal(Content[..300_000], File.ReadAllBytes(Part));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        LocalServer server = new(_ => throw new InvalidOperationException());
        server.Dispose();

        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => Plan(server).RunAsync());

        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_server_is_not_waited_for_without_end()
    {
        using Socket silent = new(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        Uri url = new($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndPoint!).Port}/file.bin");

        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() =>
            new Download(new DownloadOptions { Url = url, Destination = Target, Timeout = TimeSpan.FromMilliseconds(50) }).RunAsync());

        Assert.Contains("did not answer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_has_arrived()
    {
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));
        using CancellationTokenSource source = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Plan(server).RunAsync(new Steps(source.Cancel), source.Token));

        long arrived = new FileInfo(Part).Length;
        Assert.InRange(arrived, 1, Content.Length);
        Assert.False(File.Exists(Target));
        await Plan(server).RunAsync();
        AssertWhole();
        Assert.Equal(arrived, server.Requests[1].RangeStart);
    }

    [Fact]
    public async Task A_file_that_is_there_and_right_is_not_fetched_again()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target, Content);
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));

        Assert.Equal(new DownloadResult(Target, Content.Length, Sha256, 0), await Plan(server).RunAsync());
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_there_and_not_known_to_be_right_is_neither_taken_nor_lost(bool checksum)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllText(Target, "mine");
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));

        InvalidFileException error = await Assert.ThrowsAsync<InvalidFileException>(() =>
            new Download(Options(server) with { Sha256 = checksum ? Sha256 : null }).RunAsync());

        Assert.StartsWith(Target, error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Target));
        Assert.Empty(server.Requests);
    }

    [SkippableFact]
    public async Task A_full_disk_is_told()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs /dev/full");
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));
        // Every write to this device fails as on a full disk.
        File.CreateSymbolicLink(Part, "/dev/full");

        InvalidFileException error = await Assert.ThrowsAsync<InvalidFileException>(() => Plan(server).RunAsync());

        Assert.StartsWith(Part, error.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_told()
    {
        File.WriteAllText(Path.Combine(_folder, "new"), "");
        using LocalServer server = new(request => LocalServer.File(request, Content, Tag));

        await Assert.ThrowsAsync<InvalidFileException>(() => Plan(server).RunAsync());
    }

    [Fact]
    public void All_that_is_wrong_with_the_options_is_told_at_once()
    {
        InvalidOptionsException error = Assert.Throws<InvalidOptionsException>(() => new Download(
            new DownloadOptions { Url = new Uri("ftp://host/file"), Destination = "folder/", Sha256 = "xyz", Timeout = TimeSpan.Zero, Resumptions = -1 }));

        Assert.Equal(5, error.Errors.Count);
    }

    private static byte[] Bytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Leaves the part of a download that broke off, and the server that it came from.</summary>
    private async Task<LocalServer> InterruptedAsync(int bytes, byte[]? content = null, string tag = Tag)
    {
        LocalServer server = new(request => LocalServer.File(request, content ?? Content, tag, bytes));
        await Assert.ThrowsAsync<DownloadException>(() => new Download(Options(server) with { Resumptions = 0 }).RunAsync());
        return server;
    }

    private DownloadOptions Options(LocalServer server) =>
        new() { Url = new Uri(server.Url, "file.bin"), Destination = Target, Sha256 = Sha256[..8] };

    private Download Plan(LocalServer server) => new(Options(server));

    private void AssertWhole()
    {
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    private sealed class Steps(Action? each = null) : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];

        public void Report(DownloadProgress value)
        {
            All.Add(value);
            each?.Invoke();
        }
    }
}
