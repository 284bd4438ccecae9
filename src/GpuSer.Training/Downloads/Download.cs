using System.Net;
using System.Net.Http.Headers;
using GpuSer.IO;

namespace GpuSer.Training.Downloads;

/// <summary>
/// Fetches one file over HTTP into <c>DESTINATION.part</c>, checks it, and only then gives it its name. An interrupted download is gone on with
/// (RFC 9110, Range with If-Range): by itself while the connection breaks off, and by the next run of the same download.
/// </summary>
/// <example><code>
/// Download download = new(new DownloadOptions { Url = url, Destination = "weights/vgg16_bn-6c64b313.pth", Sha256 = "6c64b313" });
/// DownloadResult result = await download.RunAsync(progress, cancellation);
/// </code></example>
internal sealed class Download
{
    private readonly DownloadOptions _options;

    /// <summary>Plans a download; nothing is fetched yet.</summary>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    public Download(DownloadOptions options)
    {
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        _options = options;
    }

    /// <summary>Fetches the file. One that is there already and has the expected SHA-256 is left as it is.</summary>
    /// <param name="progress">Told on the download's own thread.</param>
    /// <param name="cancellation">Stops at once; what has arrived stays, to be gone on with.</param>
    /// <exception cref="DownloadException">The server cannot be reached, does not give the file, breaks off, or gives another file than expected.</exception>
    /// <exception cref="InvalidFileException">Another file is there already, or the disk is full or cannot be written.</exception>
    public async Task<DownloadResult> RunAsync(IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (File.Exists(_options.Destination))
        {
            return await PresentAsync(cancellation).ConfigureAwait(false);
        }

        AtomicFile.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(_options.Destination))!);
        PartialFile part = new(_options.Destination);
        long fetched = 0;
        using (HttpClient client = Client())
        {
            for (int resumptions = 0; ; resumptions++)
            {
                Attempt attempt = new(_options, client, part, progress);
                try
                {
                    await attempt.RunAsync(cancellation).ConfigureAwait(false);
                    fetched += attempt.Fetched;
                    break;
                }
                catch (BrokenOffException error)
                {
                    fetched += attempt.Fetched;
                    if (attempt.Fetched == 0 || resumptions == _options.Resumptions)
                    {
                        throw new DownloadException(
                            _options.Url, $"the connection broke off after {part.Length:N0} bytes: {error.Message} What has arrived is kept; run it again to go on", error);
                    }
                }
            }
        }

        string sha256 = await part.HashAsync(cancellation).ConfigureAwait(false);
        if (!Expected(sha256))
        {
            part.Delete();
            throw new DownloadException(
                _options.Url, $"what it gives has the SHA-256 {sha256}, which does not begin with {_options.Sha256}; it was thrown away, so try again, or check the address");
        }

        long length = part.Length;
        part.Finish();
        return new DownloadResult(_options.Destination, length, sha256, Math.Min(fetched, length));
    }

    private async Task<DownloadResult> PresentAsync(CancellationToken cancellation)
    {
        string path = _options.Destination;
        if (_options.Sha256 is null)
        {
            throw new InvalidFileException(path, "is there already; remove it to fetch it again");
        }

        string sha256 = await FileHash.Sha256Async(path, cancellation).ConfigureAwait(false);
        return Expected(sha256)
            ? new DownloadResult(path, new FileInfo(path).Length, sha256, 0)
            : throw new InvalidFileException(
                path, $"is there already, but its SHA-256 {sha256} does not begin with {_options.Sha256}; remove it to fetch it again, or choose another folder");
    }

    private bool Expected(string sha256) => _options.Sha256 is null || sha256.StartsWith(_options.Sha256, StringComparison.OrdinalIgnoreCase);

    private HttpClient Client()
    {
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = _options.Timeout,
            // Compressed on the way, ranges would count other bytes.
            AutomaticDecompression = DecompressionMethods.None,
            UseProxy = !_options.Url.IsLoopback,
        };
        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("gpuser", typeof(Download).Assembly.GetName().Version!.ToString(3)));
        return client;
    }
}
