using GpuSer.IO;
using GpuSer.Training.Downloads;

namespace GpuSer.Training.Data;

/// <summary>What fetching EMO-DB came to.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Archive">The download, with its SHA-256; the archive itself is removed.</param>
/// <param name="Corpus">The recordings.</param>
internal sealed record EmoDbDownloadResult(string Folder, DownloadResult Archive, Corpus Corpus)
{
    /// <summary>Whether the archive was there before, and is there still.</summary>
    public bool ArchiveKept { get; init; }
}

/// <summary>Fetches EMO-DB from where its makers publish it, 40 MB, and unpacks it.</summary>
internal static class EmoDbDownload
{
    /// <summary>The number of recordings that the paper names and the archive holds.</summary>
    public const int Recordings = 535;

    /// <summary>What to cite.</summary>
    public const string Citation =
        "F. Burkhardt, A. Paeschke, M. Rolfes, W. F. Sendlmeier, B. Weiss: A Database of German Emotional Speech. Interspeech 2005, doi:10.21437/Interspeech.2005-446";

    /// <summary>On what terms it may be used.</summary>
    public const string Terms =
        "its makers (TU Berlin) give the public access to it; no formal licence is known to come with it, and they ask that research with it cites the article";

    /// <summary>The published address.</summary>
    public static Uri Url { get; } = new("http://emodb.bilderbar.info/download/download.zip");

    // Far above what the archive holds: recordings of 50 MB in all, and label files.
    private static ZipLimits Limits { get; } = new(20_000, 1L << 30);

    /// <summary>Fetches, unpacks, and counts the recordings. The folder appears when all of it is there and right.</summary>
    /// <param name="folder">The folder to make; the archive is fetched to <c>folder.zip</c>, where an interrupted download is gone on with. One that is there is unpacked, and kept.</param>
    /// <param name="url">Another address; null for the published one.</param>
    /// <param name="sha256">The archive's SHA-256, or its first digits; null where it is not known: its makers publish none.</param>
    /// <param name="progress">Told on the download's own thread.</param>
    /// <param name="cancellation">Stops; what has arrived stays.</param>
    /// <exception cref="DownloadException">The server cannot be reached, breaks off, or gives another file than expected.</exception>
    /// <exception cref="InvalidFileException">The archive is damaged or refused, the folder is in use or the one the program runs in, or the disk is full.</exception>
    /// <exception cref="TrainingException">The archive does not hold EMO-DB's recordings.</exception>
    public static async Task<EmoDbDownloadResult> RunAsync(
        string folder, Uri? url = null, string? sha256 = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (target == Directory.GetCurrentDirectory())
        {
            throw new InvalidFileException(folder, "is the folder that the program runs in, which cannot be made anew; give one below it with --out");
        }

        ZipFolder.RequireFree(target);
        string archive = target + ".zip";
        bool present = File.Exists(archive);
        if (sha256 is null && present)
        {
            // An earlier run fetched it whole and could not unpack it, or somebody else laid it there: it is what it is.
            sha256 = await FileHash.Sha256Async(archive, cancellation).ConfigureAwait(false);
        }

        Download download = new(new DownloadOptions { Url = url ?? Url, Destination = archive, Sha256 = sha256 });
        DownloadResult result = await download.RunAsync(progress, cancellation).ConfigureAwait(false);
        ZipFolder.Extract(archive, target, Limits, unpacked => Verify(archive, unpacked), cancellation);
        if (!present)
        {
            AtomicFile.Remove(archive);
        }

        return new EmoDbDownloadResult(folder, result, EmoDbCorpus.Load(folder)) { ArchiveKept = present };
    }

    private static void Verify(string archive, string folder)
    {
        int count = RecordingTree.Files(folder).Count(path => EmoDbCorpus.Parse(path, path, out _) is not null);
        if (count != Recordings)
        {
            throw new TrainingException(
                $"{archive}: holds {count} recordings named as in EMO-DB, not {Recordings}; it is not unpacked, remove it and check the address");
        }
    }
}
