using System.Buffers;

namespace GpuSer.Training.Downloads;

/// <summary>What to fetch, and how to tell that it is right.</summary>
internal sealed record DownloadOptions
{
    /// <summary>Hexadecimal digits of a whole SHA-256.</summary>
    private const int Sha256Digits = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The published address, http or https; redirections are followed.</summary>
    public required Uri Url { get; init; }

    /// <summary>The file to write; its folder is made where it is missing.</summary>
    public required string Destination { get; init; }

    /// <summary>The content's SHA-256 in hexadecimal, or as many of its first digits as are known; null for no check.</summary>
    public string? Sha256 { get; init; }

    /// <summary>How long the server may be silent.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a connection that breaks off after new bytes is taken up again at once.</summary>
    public int Resumptions { get; init; } = 5;

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors() => new OptionErrors()
        .Require(
            Url.IsAbsoluteUri && (Url.Scheme == Uri.UriSchemeHttp || Url.Scheme == Uri.UriSchemeHttps),
            $"the address must begin with http:// or https://, not be '{Url}'")
        .Require(Destination.Length > 0 && Path.GetFileName(Destination).Length > 0, $"the destination must be a file, not '{Destination}'")
        .Require(
            Sha256 is null || (Sha256.Length is > 0 and <= Sha256Digits && !Sha256.AsSpan().ContainsAnyExcept(HexDigits)),
            $"a SHA-256 is 1 to {Sha256Digits} hexadecimal digits, not '{Sha256}'")
        .Require(Timeout > TimeSpan.Zero, $"the time that the server may be silent must be positive, not {Timeout}")
        .Require(Resumptions >= 0, $"the number of resumptions cannot be {Resumptions}")
        .List;
}

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Bytes of the file that are there, those of an earlier, interrupted download included.</param>
/// <param name="Total">Bytes of the whole file; null where the server does not say.</param>
internal readonly record struct DownloadProgress(long Bytes, long? Total);

/// <summary>What a download came to.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its whole SHA-256, in lower-case hexadecimal.</param>
/// <param name="Fetched">How many of its bytes this download fetched: fewer than all where it went on with an interrupted one, 0 where the file was there.</param>
internal sealed record DownloadResult(string Path, long Bytes, string Sha256, long Fetched);

/// <summary>The server cannot be reached, does not give the file, or gives another one than expected.</summary>
internal sealed class DownloadException : GpuSerException
{
    /// <summary>Creates the error.</summary>
    /// <param name="url">The address.</param>
    /// <param name="problem">What is wrong and the way out, to be read after the address.</param>
    /// <param name="innerException">The cause, if another exception told it.</param>
    public DownloadException(Uri url, string problem, Exception? innerException = null)
        : base($"{url}: {problem}", innerException)
    {
        Url = url;
    }

    /// <summary>The address.</summary>
    public Uri Url { get; }
}
