using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GpuSer.Reference;

/// <summary>An HTTP server of a test's own on 127.0.0.1: answers as the test says, and keeps what it was asked. One request a connection.</summary>
public sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="answer">What to answer, until <see cref="Answering"/> is set; called on the server's thread.</param>
    public LocalServer(Func<Request, Answer> answer)
    {
        Answering = answer;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _loop = Task.Run(ServeAsync);
    }

    /// <param name="Path">With its leading slash.</param>
    /// <param name="Headers">By their names in lower case.</param>
    public sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers)
    {
        /// <summary>First byte of the range asked for; null for the whole file.</summary>
        public long? RangeStart => Headers.TryGetValue("range", out string? range)
            ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : null;
    }

    /// <param name="Status">As in <c>200 OK</c>.</param>
    /// <param name="Body">The content.</param>
    /// <param name="Headers">Lines beside Content-Length.</param>
    /// <param name="CutAfter">How many bytes of the content to send before the connection is closed; null for all.</param>
    public sealed record Answer(string Status, byte[] Body, string[] Headers, int? CutAfter = null);

    public Uri Url { get; }

    /// <summary>What the next request is answered with.</summary>
    public Func<Request, Answer> Answering { get; set; }

    public IReadOnlyList<Request> Requests => [.. _requests];

    /// <summary>A file as a careful server gives it: ranges, under the condition that the mark is still the file's.</summary>
    public static Answer File(Request request, byte[] content, string etag, int? cutAfter = null)
    {
        string[] mark = [$"ETag: {etag}", "Accept-Ranges: bytes"];
        if (request.RangeStart is not long start || request.Headers.GetValueOrDefault("if-range") != etag)
        {
            return new Answer("200 OK", content, mark, cutAfter);
        }

        return start >= content.Length
            ? new Answer("416 Range Not Satisfiable", [], [.. mark, $"Content-Range: bytes */{content.Length}"])
            : new Answer("206 Partial Content", content[(int)start..], [.. mark, $"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}"], cutAfter);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _loop.Wait();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            using (client)
            {
                try
                {
                    await ServeAsync(client.GetStream()).ConfigureAwait(false);
                }
                catch (IOException)
                {
                    // The client went away, which a test of cancellation means it to.
                }
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        string? first = await reader.ReadLineAsync().ConfigureAwait(false);
        if (first is null)
        {
            return;
        }

        Dictionary<string, string> headers = [];
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        Request request = new(first.Split(' ')[1], headers);
        _requests.Enqueue(request);
        Answer answer = Answering(request);
        string head = string.Join("\r\n", [$"HTTP/1.1 {answer.Status}", $"Content-Length: {answer.Body.Length}", "Connection: close", .. answer.Headers, "", ""]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head)).ConfigureAwait(false);
        await stream.WriteAsync(answer.Body.AsMemory(0, answer.CutAfter ?? answer.Body.Length)).ConfigureAwait(false);
    }
}
