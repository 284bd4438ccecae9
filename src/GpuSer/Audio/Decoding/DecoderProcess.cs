using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;

namespace GpuSer.Audio.Decoding;

/// <summary>
/// A process that decodes (<c>src/GpuSer/native/decode.c</c>, which has the protocol), for one thread at a time. What it says is not trusted: it may have
/// been overtaken by a file. It ends with this process, whose end closes its standard input.
/// </summary>
internal sealed class DecoderProcess : IDisposable
{
    private const int MostPiece = 1 << 14, MostText = 1 << 10;
    private const int Opened = 0, Refused = 1, NoLibrary = 2;

    private static ReadOnlySpan<byte> Greeting => "gpuser-decode 1\n"u8;

    private readonly Process _process;
    private readonly Stream _requests;
    private readonly DecoderPipe _answers;
    private byte[] _request = new byte[256];

    private DecoderProcess(Process process, TimeSpan patience)
    {
        _process = process;
        _requests = process.StandardInput.BaseStream;
        _answers = new DecoderPipe((PipeStream)process.StandardOutput.BaseStream, patience);
    }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a process.</summary>
    /// <param name="program">The program.</param>
    /// <param name="patience">How long it may say nothing.</param>
    /// <returns>The process, which is ready; null where the program is another, or ends at once.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static DecoderProcess? Start(string program, TimeSpan patience)
    {
        // Standard error is redirected so that .NET leaves the terminal's settings alone; the program says nothing there.
        ProcessStartInfo start = new(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = DecoderProgram.LibraryPath(Environment.GetEnvironmentVariable("LD_LIBRARY_PATH"));
        DecoderProcess process = new(Process.Start(start)!, patience);
        if (process.IsReady())
        {
            return process;
        }

        process.Dispose();
        return null;
    }

    /// <summary>Asks for a recording.</summary>
    /// <param name="path">The file.</param>
    /// <param name="samples">Whether to ask for the samples too.</param>
    /// <returns>False where the process has ended since the last answer, by nothing that this file has done.</returns>
    public bool TryAsk(string path, bool samples)
    {
        // A relative path is one of this process's folder, in which that one may not be any more.
        string full = Path.GetFullPath(path);
        int length = Encoding.UTF8.GetByteCount(full);
        if (_request.Length < 8 + length)
        {
            _request = new byte[8 + length];
        }

        BinaryPrimitives.WriteInt32LittleEndian(_request, samples ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(_request.AsSpan(4), length);
        Encoding.UTF8.GetBytes(full, _request.AsSpan(8));
        try
        {
            _requests.Write(_request, 0, 8 + length);
            _requests.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads what it says of the header.</summary>
    /// <exception cref="AudioException">The file cannot be decoded; or the process has ended on it, and is of no use any more.</exception>
    /// <exception cref="DllNotFoundException">There is no libsndfile.</exception>
    /// <param name="path">The file asked for.</param>
    /// <param name="ended">Whether the answer was read to its end, so that the process can be asked again, whatever was thrown.</param>
    /// <param name="ct">Stops waiting.</param>
    public AudioInfo ReadInfo(string path, out bool ended, CancellationToken ct)
    {
        ended = false;
        Span<int> head = stackalloc int[6];
        Read(path, head, ct);
        AudioInfo info = new(head[1], head[2], MemoryMarshal.Cast<int, long>(head)[2]);
        if (head[0] == Opened)
        {
            ended = true;
            return info;
        }

        string text = ReadText(path, ct);
        ended = head[0] is Refused or NoLibrary;
        throw head[0] switch
        {
            Refused => AudioException.NotAudio(path, text),
            NoLibrary => new DllNotFoundException(text),
            _ => Nonsense(path),
        };
    }

    /// <summary>Reads the samples that follow a header.</summary>
    /// <returns>How many there are.</returns>
    /// <inheritdoc cref="ReadInfo"/>
    public int ReadSamples(string path, ref DecodedAudio audio, out bool ended, CancellationToken ct)
    {
        ended = false;
        int piece = 0;
        while (true)
        {
            Read(path, new Span<int>(ref piece), ct);
            if (piece is 0 or -1)
            {
                break;
            }

            if (piece is < 0 or > MostPiece || piece > audio.Total - audio.Count)
            {
                throw Nonsense(path);
            }

            Read(path, audio.Next(piece), ct);
            audio.Add(piece);
        }

        string? damage = piece == 0 ? null : ReadText(path, ct);
        ended = true;
        return damage is not null ? throw AudioException.Damaged(path, damage)
            : audio.Count == audio.Total ? audio.Total
            : throw AudioException.CutShort(path, audio.Count, audio.Total);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        // Streams that were asked for are not closed with the process.
        _requests.Dispose();
        _process.StandardOutput.Dispose();
        _process.Dispose();
    }

    private bool IsReady()
    {
        try
        {
            Span<byte> told = stackalloc byte[Greeting.Length];
            return _answers.Read(told, default) && told.SequenceEqual(Greeting);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private string ReadText(string path, CancellationToken ct)
    {
        int length = 0;
        Read(path, new Span<int>(ref length), ct);
        if (length is < 0 or > MostText)
        {
            throw Nonsense(path);
        }

        Span<byte> text = stackalloc byte[length];
        Read(path, text, ct);
        return Encoding.UTF8.GetString(text).TrimEnd('.', ' ', '\n');
    }

    private void Read<T>(string path, Span<T> to, CancellationToken ct)
        where T : unmanaged
    {
        try
        {
            if (_answers.Read(to, ct))
            {
                return;
            }
        }
        catch (TimeoutException error)
        {
            throw new AudioException(path, $"{DecoderEnd.Held}: it did not answer; convert the file to WAV or FLAC with another program", error);
        }

        ct.ThrowIfCancellationRequested();
        throw new AudioException(path, $"{DecoderEnd.Of(_process)}; convert the file to WAV or FLAC with another program");
    }

    private static AudioException Nonsense(string path) => new(path, "makes the decoder answer nonsense; convert the file to WAV or FLAC with another program");
}
