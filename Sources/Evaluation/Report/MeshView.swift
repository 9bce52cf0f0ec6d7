import BSBRendering
import BSBShapes
import Foundation

/// A mesh with an answer as a report draws it, to be turned.
struct MeshView: Sendable {
    /// What a vertex is in: neither the segment nor the part, both, the segment only, the part only.
    enum Place: UInt8, Sendable { case neither, both, segment, part }

    /// The mesh, in the unit ball.
    var mesh: Mesh
    /// #V.
    var places: [Place]
    /// The answer, and the most similar vertex.
    var (answer, nearest): (Int?, Int?)
    /// From where it is looked at first, and what is up.
    var (towards, up): (SIMD3<Float>, SIMD3<Float>)

    /// Larger meshes would make the page too heavy.
    private static let mostFaces = 100_000

    /// The attributes of what shows the view; empty where the mesh is too large.
    func attributes(of name: String) -> String {
        guard mesh.faces.count <= Self.mostFaces else { return "" }
        let numbers = [towards, up].map { "\($0.x) \($0.y) \($0.z)" }.joined(separator: " ")
        return #" data-mesh="\#(HTML.escaped(name))" data-places="\#(Data(places.map(\.rawValue)).base64EncodedString())" "#
            + #"data-spots="\#(answer ?? -1) \#(nearest ?? -1)" data-from="\#(numbers)""#
    }

    /// The mesh as an element of a page: places of vertices in 65,535ths of its box, and triangles.
    func element(of name: String) -> String {
        guard mesh.faces.count <= Self.mostFaces, let first = mesh.vertices.first else { return "" }
        let low = mesh.vertices.reduce(first, pointwiseMin)
        let extent = (mesh.vertices.reduce(first, pointwiseMax) - low).max()
        let steps = mesh.vertices.map { ($0 - low) / max(extent, .leastNormalMagnitude) * 65_535 }
        let points = steps.flatMap { step in (0..<3).map { UInt16(step[$0].rounded()) } }
        let corners = mesh.faces.flatMap { [$0.x, $0.y, $0.z] }
        let faces = mesh.vertices.count > 65_536 ? Self.text(corners) : Self.text(corners.map { UInt16($0) })
        return #"<script type="text/plain" data-name="\#(HTML.escaped(name))" data-wide="\#(mesh.vertices.count > 65_536)">"#
            + "\(Self.text(points)) \(faces)</script>"
    }

    private static func text<T: FixedWidthInteger>(_ numbers: [T]) -> String {
        numbers.map(\.littleEndian).withUnsafeBytes { Data($0).base64EncodedString() }
    }

    /// Turns the mesh of a figure at a click: drag to turn, wheel to come nearer.
    ///
    /// One canvas goes from figure to figure, since browsers have few contexts of WebGL.
    static let script = """
        const bytes=t=>Uint8Array.from(atob(t),c=>c.charCodeAt(0)).buffer;
        const canvas=document.createElement("canvas"),gl=canvas.getContext("webgl2",{antialias:true});
        canvas.tabIndex=0;canvas.setAttribute("aria-label","The mesh: drag or press the arrows to turn it, plus and minus to come nearer");
        let view=null;
        function program(vertex,fragment,names){const p=gl.createProgram();
        [[gl.VERTEX_SHADER,vertex],[gl.FRAGMENT_SHADER,fragment]].forEach(([kind,text])=>{const s=gl.createShader(kind);
        gl.shaderSource(s,"#version 300 es\\nprecision highp float;"+text);gl.compileShader(s);gl.attachShader(p,s)});
        names.forEach((n,i)=>gl.bindAttribLocation(p,i,n));gl.linkProgram(p);
        if(!gl.getProgramParameter(p,gl.LINK_STATUS))throw new Error(gl.getProgramInfoLog(p));return p}
        const eye=`uniform mat3 turn;uniform vec3 centre;uniform float nearness,lift;in vec3 position;in vec3 colour;out vec3 seen,shown;
        void main(){seen=turn*(position-centre)*nearness;shown=colour;gl_Position=vec4(seen.xy,-seen.z*0.04-lift,1.0);gl_PointSize=14.0;}`;
        const surface=gl&&program(eye,`in vec3 seen,shown;out vec4 result;void main(){vec3 n=normalize(cross(dFdx(seen),dFdy(seen)));
        result=vec4(shown*(0.45+0.55*max(0.0,dot(n,normalize(vec3(-0.35,0.6,0.75))))),1.0);}`,["position","colour"]);
        const spots=gl&&program(eye,`in vec3 seen,shown;out vec4 result;void main(){float r=length(gl_PointCoord-0.5);
        if(r>0.5)discard;result=vec4(r>0.34?vec3(1.0):shown,1.0);}`,["position","colour"]);
        const colours=[[184,184,184],[61,161,92],[237,153,56],[140,184,242]];
        function fill(place,values,type,isShare){gl.bindBuffer(gl.ARRAY_BUFFER,gl.createBuffer());gl.bufferData(gl.ARRAY_BUFFER,values,gl.STATIC_DRAW);
        gl.enableVertexAttribArray(place);gl.vertexAttribPointer(place,3,type,isShare,0,0)}
        function array(p,c){const a=gl.createVertexArray();gl.bindVertexArray(a);fill(0,p,gl.FLOAT,false);fill(1,c,gl.UNSIGNED_BYTE,true);return a}
        function open(image){const d=image.dataset,source=[...document.querySelectorAll("script[data-name]")].find(s=>s.dataset.name===d.mesh);
        const [points,corners]=source.textContent.split(" ").map(bytes),at=new Uint16Array(points),places=new Uint8Array(bytes(d.places));
        const faces=source.dataset.wide==="true"?new Uint32Array(corners):new Uint16Array(corners);
        const p=new Float32Array(3*faces.length),c=new Uint8Array(3*faces.length),low=[1,1,1],high=[0,0,0];
        const point=v=>[0,1,2].map(k=>at[3*v+k]/65535);
        faces.forEach((v,i)=>{const q=point(v);q.forEach((x,k)=>{low[k]=Math.min(low[k],x);high[k]=Math.max(high[k],x)});
        p.set(q,3*i);c.set(colours[places[v]],3*i)});
        const marks=d.spots.split(" ").map(Number).map((v,i)=>[v,i?[122,63,208]:[228,38,75]]).filter(m=>m[0]>=0).reverse();
        const n=d.from.split(" ").map(Number),dot=(a,b)=>a[0]*b[0]+a[1]*b[1]+a[2]*b[2],
        cross=(a,b)=>[a[1]*b[2]-a[2]*b[1],a[2]*b[0]-a[0]*b[2],a[0]*b[1]-a[1]*b[0]],unit=a=>a.map(x=>x/(Math.hypot(...a)||1));
        const towards=unit(n.slice(0,3)),up=unit(n.slice(3)),level=towards.map((x,k)=>x-up[k]*dot(towards,up));
        const front=Math.hypot(...level)>1e-3?unit(level):unit(cross(up,Math.abs(up[0])<0.7?[1,0,0]:[0,0,1])),side=cross(up,front);
        view={side,up,front,azimuth:0,elevation:Math.asin(Math.max(-1,Math.min(1,dot(towards,up)))),nearness:0.95,
        centre:low.map((l,k)=>(l+high[k])/2),radius:Math.hypot(...low.map((l,k)=>(high[k]-l)/2))||1,count:faces.length,marks:marks.length,
        surface:array(p,c),spots:array(new Float32Array(marks.flatMap(m=>point(m[0]))),new Uint8Array(marks.flatMap(m=>m[1])))};
        document.querySelectorAll("img.turned").forEach(i=>i.classList.remove("turned"));image.classList.add("turned");image.after(canvas);
        canvas.focus({preventScroll:true});draw()}
        function draw(){if(!view)return;const s=Math.max(1,Math.round(canvas.clientWidth*(devicePixelRatio||1)));canvas.width=canvas.height=s;
        gl.viewport(0,0,s,s);gl.clearColor(1,1,1,1);gl.clear(gl.COLOR_BUFFER_BIT|gl.DEPTH_BUFFER_BIT);gl.enable(gl.DEPTH_TEST);
        const [ca,sa,ce,se]=[Math.cos(view.azimuth),Math.sin(view.azimuth),Math.cos(view.elevation),Math.sin(view.elevation)];
        const mix=(a,b,c)=>[0,1,2].map(k=>a*view.side[k]+b*view.up[k]+c*view.front[k]);
        const rows=[mix(ca,0,-sa),mix(-se*sa,ce,-se*ca),mix(ce*sa,se,ce*ca)],turn=[0,1,2].flatMap(k=>rows.map(r=>r[k]));
        [[surface,view.surface,gl.TRIANGLES,view.count,0],[spots,view.spots,gl.POINTS,view.marks,0.0008]].forEach(([p,a,kind,count,lift])=>{
        const u=n=>gl.getUniformLocation(p,n);gl.useProgram(p);gl.bindVertexArray(a);gl.uniformMatrix3fv(u("turn"),false,turn);
        gl.uniform3fv(u("centre"),view.centre);gl.uniform1f(u("nearness"),view.nearness/view.radius);gl.uniform1f(u("lift"),lift);
        gl.drawArrays(kind,0,count)})}
        function move(x,y,factor){view.azimuth-=x;view.elevation=Math.max(-1.55,Math.min(1.55,view.elevation+y));
        view.nearness=Math.max(0.3,Math.min(12,view.nearness*factor));requestAnimationFrame(draw)}
        canvas.onpointerdown=e=>canvas.setPointerCapture(e.pointerId);
        canvas.onpointermove=e=>{if(e.buttons)move(e.movementX*0.01,e.movementY*0.01,1)};
        canvas.addEventListener("wheel",e=>{e.preventDefault();move(0,0,Math.exp(-e.deltaY*0.001))},{passive:false});
        canvas.onkeydown=e=>{const s={ArrowLeft:[-0.15,0,1],ArrowRight:[0.15,0,1],ArrowUp:[0,-0.15,1],ArrowDown:[0,0.15,1],"+":[0,0,1.15],
        "-":[0,0,1/1.15]}[e.key];if(s){move(...s);e.preventDefault()}};
        new ResizeObserver(()=>requestAnimationFrame(draw)).observe(canvas);
        document.querySelectorAll("img[data-mesh]").forEach(i=>{if(!gl)return;i.tabIndex=0;i.title="Turn in 3D";
        i.onclick=()=>open(i);i.onkeydown=e=>{if(e.key==="Enter")open(i)}});
        """
}
